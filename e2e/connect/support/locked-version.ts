import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../connections.ts';

/** The version of a library that the lock file of its language names, in the folder e2e/connect. */
export function lockedVersion(folder: string, { library, language }: Pick<Connection, 'library' | 'language'>): string {
  const [file, pattern] = (
    {
      node: ['package-lock.json', `"node_modules/${library}": \\{\\s*"version": "([^"]+)"`],
      python: ['requirements.txt', `^${library}==(\\S+)`],
      go: ['go.mod', `^\\s*(?:require )?${library} v(\\S+)`],
    } as const
  )[language];
  const version = new RegExp(pattern, 'im').exec(readFileSync(join(folder, file), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${library} is not in ${file}`);
  return version;
}
