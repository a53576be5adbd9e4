import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { relativeLinks } from './markdown.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => existsSync(join(ROOT, path)));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');

  it('links only to files that exist', () => {
    const broken = relativeLinks(text).filter(
      (target) => !existsSync(join(ROOT, normalize(join(dirname(document), decodeURI(target))))),
    );
    expect(broken).toEqual([]);
  });

  it('names no place on the machine of whoever wrote it', () => {
    expect(text).not.toMatch(/\/(root|home\/\w+|Users\/\w+)\/\w|\/tmp\/tmp\./);
  });
});
