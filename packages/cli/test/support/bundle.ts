import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command as users get it, bundled from the sources as they are now. Once a test process, in a folder of its own. */

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = join(root, `packages/cli/dist/test-${process.pid}`);
let path: string | undefined;

/** The path to an executable `authly`; gone with the process. */
export function bundledCommand(): string {
  path ??= bundle();
  return path;
}

function bundle(): string {
  // Inside the package, so that the server and the schemas are found where an installed command finds them.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [join(root, 'tools/bundle/cli.mjs'), `--outdir=${folder}`], { stdio: 'inherit' });
  const command = join(folder, 'authly');
  writeFileSync(command, `#!${process.execPath}\nrequire('./authly.cjs');\n`);
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  chmodSync(command, 0o755);
  return command;
}
