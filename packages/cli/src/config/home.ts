import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Where the command line keeps its files: `~/.authly`, or the directory that AUTHLY_HOME names. */
export function authlyHome(env: NodeJS.ProcessEnv): string {
  const chosen = env['AUTHLY_HOME'];
  return chosen ? resolve(expandHome(chosen, env)) : join(userHome(env), '.authly');
}

/** `~/x` becomes a path below the user's home; a relative path is one below `base`. */
export function expandPath(path: string, base: string, env: NodeJS.ProcessEnv): string {
  const expanded = expandHome(path, env);
  return isAbsolute(expanded) ? expanded : resolve(base, expanded);
}

/** The path as people write it, for messages: `~/.authly/tokens.json`. */
export function shortenHome(path: string, env: NodeJS.ProcessEnv): string {
  const home = userHome(env);
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function expandHome(path: string, env: NodeJS.ProcessEnv): string {
  return path === '~' || path.startsWith('~/') ? join(userHome(env), path.slice(1)) : path;
}

/** The home directory of the person. */
export function userHome(env: NodeJS.ProcessEnv): string {
  return env['HOME'] || homedir();
}
