/** A directory that nobody can write to. */
import { chmod, chown, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes the configuration below a home read-only; answers the user that programs must then run as. Root is bound by no mode, so
 * everything is given to somebody else.
 */
export async function makeReadOnly(home: string, configDir: string): Promise<number | undefined> {
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  await rm(join(configDir, 'locks'), { recursive: true, force: true });
  const paths = [home, ...(await readdir(home, { recursive: true })).map((name) => join(home, name))];
  if (uid !== undefined) for (const path of paths) await chown(path, uid, uid);
  await chmod(configDir, 0o500);
  return uid;
}
