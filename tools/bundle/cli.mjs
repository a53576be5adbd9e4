/**
 * Bundles the `authly` command: `dist/authly.cjs`, and beside it the pieces that only some commands need. CommonJS, because
 * loading one file of it is the fastest start that Node has; pieces, because compiling what `--help` never runs costs more than
 * running it. Run by `npm run build`, after the server was bundled: that goes into the package too, so that the package needs
 * nothing from npm but what is native code.
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { licenses } from './licenses.mjs';
import { oneLanguage } from './one-language.mjs';

const packageRoot = new URL('../../packages/cli/', import.meta.url);
// Tests bundle into a folder of their own, so that they neither see nor disturb a build.
const chosen = process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length);
const dist = chosen ? `${resolve(chosen)}/` : fileURLToPath(new URL('dist/', packageRoot));
const target = 'node20.19';
const { version } = JSON.parse(await readFile(new URL('package.json', packageRoot), 'utf8'));

/** Bundled on their own, and loaded by the commands that run one. A bundle for tests takes those of the workspace. */
const services = {
  name: 'services',
  setup(bundle) {
    bundle.onResolve({ filter: /^@authly\/(server|db-proxy)$/ }, ({ path }) => ({
      path: chosen ? path : `./${path.slice('@authly/'.length)}/dist/bundle/index.js`,
      external: true,
    }));
  },
};

/** What only a command needs that talks to the authorization server: a piece of its own, loaded when a member of it is asked for. */
const late = await build({
  stdin: { contents: "export * from 'oauth4webapi';", resolveDir: fileURLToPath(packageRoot) },
  outfile: `${dist}authly-late.cjs`,
  bundle: true,
  write: false,
  platform: 'node',
  target,
  format: 'cjs',
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
  metafile: true,
});
const lateText = late.outputFiles[0]?.text ?? '';
const lateName = `authly-late-${createHash('sha256').update(lateText).digest('hex').slice(0, 8).toUpperCase()}.cjs`;
const lateLibrary = {
  name: 'late-library',
  setup(bundle) {
    bundle.onResolve({ filter: /^oauth4webapi$/ }, () => ({
      path: `./${lateName}`,
      external: true,
      sideEffects: false,
    }));
  },
};

const { outputFiles, metafile } = await build({
  entryPoints: { authly: fileURLToPath(new URL('src/main.ts', packageRoot)) },
  absWorkingDir: fileURLToPath(new URL('../../', packageRoot)),
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  chunkNames: 'authly-[name]-[hash]',
  bundle: true,
  splitting: true,
  write: false,
  platform: 'node',
  target,
  format: 'esm',
  conditions: ['source'],
  define: { 'import.meta.url': '__fileAddress', AUTHLY_VERSION: JSON.stringify(version) },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Native code.
  external: ['@napi-rs/keyring'],
  plugins: [services, lateLibrary, oneLanguage],
});

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) if (name.endsWith('.cjs')) await rm(`${dist}${name}`);
for (const { path, text } of outputFiles) await writeFile(path, await commonJs(text, basename(path)));
await writeFile(`${dist}${lateName}`, lateText);
const inputs = [...Object.keys(metafile.inputs), ...Object.keys(late.metafile.inputs)];
await writeFile(`${dist}LICENSES.txt`, await licenses(inputs));
if (!chosen) await copyServices();

/** In the folders that it has in its own package: it looks for its version and its migrations there. */
async function copyServices() {
  const own = new URL('../../packages/server/', import.meta.url);
  await rm(`${dist}server`, { recursive: true, force: true });
  for (const part of ['package.json', 'migrations', 'dist/bundle'])
    await cp(new URL(part, own), `${dist}server/${part}`, { recursive: true });
  const proxy = new URL('../../packages/db-proxy/dist/bundle', import.meta.url);
  await rm(`${dist}db-proxy`, { recursive: true, force: true });
  await cp(proxy, `${dist}db-proxy/dist/bundle`, { recursive: true });
}

async function commonJs(text, name) {
  // The loader of ES modules need not start for what CommonJS has as well.
  const pieces = text
    .replace(/\bimport\("(node:[^"]+)"\)/g, 'Promise.resolve().then(() => require("$1"))')
    .replace(/\bimport\("(\.\/[^"]+\.cjs)"\)/g, 'Promise.resolve().then(() => __named(require("$1")))');
  const { code } = await transform(preludeOf(pieces) + pieces, {
    format: 'cjs',
    platform: 'node',
    target,
    minify: true,
    sourcefile: name,
    // Plain ASCII is read and compiled in one byte a character.
    charset: 'ascii',
  });
  return lateBuiltins(code);
}

function preludeOf(pieces) {
  // In CommonJS a file knows its path, not its address.
  const address = 'const __fileAddress = require("node:url").pathToFileURL(__filename).href;';
  // What was CommonJS before arrives as a default export alone; import() of Node would have given its names as well.
  const named =
    'const __named = (m) => Object.keys(m).join() === "default" && typeof m.default === "object" ? { ...m.default, ...m } : m;';
  return [/\b__fileAddress\b/.test(pieces) ? `${address}\n` : '', /\b__named\(/.test(pieces) ? `${named}\n` : ''].join(
    '',
  );
}

/** Parts of Node, and one library, that take longer to load than most commands run, and that most commands never touch. */
function lateBuiltins(code) {
  const requires =
    /=(?:[\w$]+|\(0,[\w$]+\.__require\))\("(node:(?:child_process|http|https|net|readline|tls)|\.\/authly-late-\w+\.cjs)"\)/g;
  const late = code.replace(requires, '=__late("$1")');
  if (late === code) return code;
  return `const __late=n=>new Proxy({},{get:(_,k)=>require(n)[k]});${late}`;
}
