import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command as users get it, bundled from the sources as they are now. Once a test process, in a folder of its own. */

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const dist = join(root, 'packages/cli/dist');
const folder = join(dist, `test-${process.pid}`);
let path: string | undefined;

/** The path to an executable `authly`; gone with the process. */
export function bundledCommand(): string {
  path ??= bundle();
  return path;
}

function bundle(): string {
  // Inside the package, so that the server and the schemas are found where an installed command finds them.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  removeLeftovers();
  execFileSync(process.execPath, [join(root, 'tools/bundle/cli.mjs'), `--outdir=${folder}`], { stdio: 'inherit' });
  const command = join(folder, 'authly');
  writeFileSync(command, `#!${process.execPath}\nrequire('./authly.cjs');\n`);
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  chmodSync(command, 0o755);
  return command;
}

/** A test process that was killed could not remove its own. */
function removeLeftovers(): void {
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist)) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(dist, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
