/**
 * Bundles the proxy: `packages/db-proxy/dist/bundle/index.js`, with the grammar of PostgreSQL beside it. Run by `npm run build`, before the command
 * is bundled, which takes it along.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenses } from './licenses.mjs';

const packageRoot = new URL('../../packages/db-proxy/', import.meta.url);
const bundle = fileURLToPath(new URL('dist/bundle/', packageRoot));

await rm(bundle, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { index: fileURLToPath(new URL('src/index.ts', packageRoot)) },
  absWorkingDir: fileURLToPath(new URL('../../', import.meta.url)),
  outdir: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  charset: 'ascii',
  legalComments: 'none',
  // Asked which runtime this is, `pg` would load all of fetch to find out, before Node 21 had a navigator to say it.
  define: { navigator: '__navigator' },
  external: ['pg-native'],
  // What was CommonJS asks for Node's own modules by require(), and the grammar for the folder that it lies in.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';import{fileURLToPath as __path}from'node:url';const require=__createRequire(import.meta.url),__navigator={userAgent:'Node.js'},__filename=__path(import.meta.url),__dirname=__path(new URL('.',import.meta.url));",
  },
  metafile: true,
  logLevel: 'warning',
});
await mkdir(bundle, { recursive: true });
await copyFile(
  new URL('../../node_modules/libpg-query/wasm/libpg-query.wasm', import.meta.url),
  `${bundle}libpg-query.wasm`,
);
await writeFile(`${bundle}LICENSES.txt`, await licenses(Object.keys(metafile.inputs)));
