/**
 * The packages as files that can be given to somebody: `authly-VERSION.tgz`, the whole command, and `authly-client-VERSION.tgz`, the SDK. Each
 * installs by itself; nothing of this repository has to be in a registry for that. Run by `npm run pack`, after a build.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv.find((word) => word.startsWith('--out='))?.slice('--out='.length) ?? root);

await mkdir(out, { recursive: true });
pack(join(root, 'packages/cli'));
const stage = await mkdtemp(join(tmpdir(), 'authly-pack-'));
try {
  await stageClient(stage);
  pack(stage);
} finally {
  await rm(stage, { recursive: true, force: true });
}

/** Its one dependency of this repository goes along inside, as bundled dependencies do. */
async function stageClient(folder) {
  const inside = join(folder, 'node_modules/@authly/oauth');
  await copyPackage('packages/client', folder, (manifest) => ({ ...manifest, bundleDependencies: ['@authly/oauth'] }));
  await copyPackage('packages/oauth', inside, (manifest) => manifest);
  await cp(join(root, 'packages/client/README.md'), join(folder, 'README.md'));
}

async function copyPackage(from, to, change) {
  const manifest = JSON.parse(await readFile(join(root, from, 'package.json'), 'utf8'));
  // The sources that this condition leads to stay here.
  for (const entry of Object.values(manifest.exports)) delete entry.source;
  await mkdir(to, { recursive: true });
  await cp(join(root, from, 'dist'), join(to, 'dist'), { recursive: true });
  await cp(join(root, 'LICENSE'), join(to, 'LICENSE'));
  await writeFile(join(to, 'package.json'), `${JSON.stringify(change(manifest), undefined, 2)}\n`);
}

function pack(folder) {
  const words = ['pack', '--ignore-scripts', '--pack-destination', out, '--loglevel=error'];
  const { status, stdout, stderr } = spawnSync('npm', words, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm pack failed in ${folder}:\n${stderr}`);
  console.log(join(out, stdout.trim().split('\n').at(-1) ?? ''));
}
