import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyse } from 'scslre';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FOLDERS = ['packages/server/src', 'packages/oauth/src', 'packages/client/src', 'packages/admin-api/src'];
/** Written by us or by the operator; nobody else can make these long. */
const OWN_TEXT = ['storage/postgres/connection/hosts.ts', 'admin-api/src/admin-client.ts'];

// Reads every source file: some seconds on a busy machine.
test('no pattern over what strangers send tries the same characters again and again', { timeout: 120_000 }, () => {
  const slow = FOLDERS.flatMap((folder) => sources(join(ROOT, folder)))
    .filter((file) => !OWN_TEXT.some((own) => file.endsWith(own)))
    .flatMap((file) =>
      patterns(file)
        .filter(isSlow)
        .map((pattern) => `${file.slice(ROOT.length)} ${pattern}`),
    );
  expect(slow).toEqual([]);
});

test.each(['/(a+)+$/', '/,\\s*gzip\\s*(?:;q)?\\s*$/', '/=+$/'])('the search finds %s', (pattern) => {
  expect(isSlow(pattern)).toBe(true);
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function patterns(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

function isSlow(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  return analyse(new RegExp(literal.slice(1, end), literal.slice(end + 1))).reports.length > 0;
}
