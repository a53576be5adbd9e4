/** Another commit of this repository, built in a worktree of its own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('../../', import.meta.url));

/** The folder of a commit, built. It is kept for the next run, below the temporary directory. */
export function buildCommit(commit) {
  const id = run('git', ['rev-parse', '--short=12', commit], HERE).trim();
  const folders = join(tmpdir(), 'authly-bench-commits');
  const folder = join(folders, id);
  if (existsSync(join(folder, 'packages/cli/dist/authly.cjs'))) return folder;
  mkdirSync(folders, { recursive: true });
  if (!existsSync(folder)) run('git', ['worktree', 'add', '--detach', folder, id], HERE);
  process.stderr.write(`building ${id} …\n`);
  run('npm', ['ci', '--no-audit', '--no-fund'], folder);
  return folder;
}

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
