/** The SQL files that make the schema, in order. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../../platform/package-root.js';

export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

export const MIGRATIONS = new URL('migrations/', PACKAGE_ROOT);

export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).toSorted();
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      // a checkout with other line ends is the same migration
      const checksum = createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
      return { name, text, checksum };
    }),
  );
}
