/**
 * Writes docs/reference and the manual page from the code; with --check it only compares and fails on a difference.
 * A generator is a module tools/reference/*.ts that exports `files(): Promise<Record<path, text>> | Record<path, text>`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const checking = process.argv.includes('--check');
const generators = readdirSync(join(root, 'tools/reference'))
  .filter((name) => name.endsWith('.ts'))
  .sort();
const outdir = join(root, 'node_modules/.cache/authly-reference');
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: generators.map((name) => join(root, 'tools/reference', name)),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  conditions: ['source'],
  alias: {
    '@authly/admin-api/client': join(root, 'packages/admin-api/src/client.ts'),
    '@authly/client/cli': join(root, 'packages/client/src/cli.ts'),
    ...Object.fromEntries(
      ['oauth', 'admin-api', 'client', 'server'].map((name) => [
        `@authly/${name}`,
        join(root, `packages/${name}/src/index.ts`),
      ]),
    ),
  },
  logLevel: 'error',
});

const stale = [];
let count = 0;
for (const name of generators) {
  const { files } = await import(pathToFileURL(join(outdir, name.replace(/\.ts$/, '.mjs'))).href);
  for (const [path, text] of Object.entries(await files({ root }))) {
    count += 1;
    const target = join(root, path);
    const current = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
    if (current === text) continue;
    if (checking) stale.push(path);
    else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      console.log(`wrote ${path}`);
    }
  }
}
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run npm run docs and commit what it writes.`);
  process.exit(1);
}
console.log(`reference: ${count} files ${checking ? 'are up to date' : 'written or unchanged'}`);
