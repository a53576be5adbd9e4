import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import type { Environment } from '../config/environment.js';
import type { Settings } from '../config/settings.js';
import { systemClock } from '../platform/system-clock.js';
import type { Restored } from '../storage/postgres/backup/load.js';
import { type OperatorOptions, withOperatorDatabase } from './operator-database.js';
import { StartError } from './start-error.js';
import { VERSION } from './version.js';

export interface BackupOptions extends OperatorOptions {
  /** Where the backup goes to; it appears there when it is complete. */
  readonly file: string;
  /** Public keys of age: whoever has one of the private keys can open the backup. Without: the passphrase. */
  readonly recipients?: readonly string[];
}

export interface RestoreOptions extends OperatorOptions {
  readonly file: string;
  /** A file with private keys of age. Without: the passphrase. */
  readonly identity?: string;
}

/**
 * Everything that the database holds, as it is at one moment, compressed and encrypted in the format of age (age-encryption.org/v1), so that other
 * programs open it, too.
 */
export function backUpTo(options: BackupOptions, environment: Environment): Promise<{ readonly bytes: number }> {
  return withOperatorDatabase(options, environment, async ({ connectionString, settings }) => {
    const [{ Encrypter }, { dump }] = await Promise.all([
      import('age-encryption'),
      import('../storage/postgres/backup/dump.js'),
    ]);
    const encrypter = new Encrypter();
    for (const recipient of options.recipients ?? []) addRecipient(encrypter, recipient);
    if ((options.recipients ?? []).length === 0) encrypter.setPassphrase(await passphraseOf(settings, environment));
    const unfinished = `${options.file}.unfinished`;
    let bytes = 0;
    try {
      const rows = Readable.from(dump(connectionString, { version: VERSION, now: systemClock.now() }), {
        objectMode: false,
      });
      const compressed = createGzip();
      const reading = pipeline(rows, compressed);
      const encrypted = await encrypter.encrypt(Readable.toWeb(compressed) as ReadableStream<Uint8Array>);
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of Readable.fromWeb(encrypted as WebStream)) {
          bytes += (chunk as Uint8Array).length;
          yield chunk as Uint8Array;
        }
      };
      await Promise.all([reading, pipeline(counted, createWriteStream(unfinished, { mode: 0o600 }))]);
      await rename(unfinished, options.file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return { bytes };
  });
}

/** Into an empty database. */
export function restoreFrom(options: RestoreOptions, environment: Environment): Promise<Restored> {
  return withOperatorDatabase(options, environment, async ({ connectionString, settings }) => {
    const [{ Decrypter }, { load }] = await Promise.all([
      import('age-encryption'),
      import('../storage/postgres/backup/load.js'),
    ]);
    const decrypter = new Decrypter();
    if (options.identity === undefined) decrypter.addPassphrase(await passphraseOf(settings, environment));
    for (const identity of await identitiesOf(options.identity)) decrypter.addIdentity(identity);
    const file = createReadStream(options.file);
    const opened = await decrypter
      .decrypt(Readable.toWeb(file) as ReadableStream<Uint8Array>)
      .catch((error: unknown) => {
        file.destroy();
        throw unreadable(options, error);
      });
    const plain = createGunzip();
    const reading = pipeline(Readable.fromWeb(opened as WebStream), plain);
    reading.catch(() => undefined);
    const restored = await load(connectionString, plain);
    await reading;
    return restored;
  });
}

function addRecipient(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new StartError(
      'A recipient cannot be used.',
      'It is no public key of age, which begins with age1.',
      'Make a pair with age-keygen, and give the public key.',
      { cause },
    );
  }
}

async function identitiesOf(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined) return [];
  const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

function unreadable({ file, identity }: RestoreOptions, cause: unknown): Error {
  if (cause instanceof Error && 'code' in cause) return cause;
  return new StartError(
    `The backup ${file} cannot be opened.`,
    identity === undefined
      ? 'It was made with another passphrase, or is no backup.'
      : `None of the keys in ${identity} opens it.`,
    'Set AUTHLY_BACKUP_PASSPHRASE (or JWT_SECRET_KEY) as it was when the backup was made, or name the private key with --identity.',
    { cause },
  );
}

/** Whoever has no passphrase for backups has the master key, without which a backup is of little use anyway. */
async function passphraseOf(settings: Settings, environment: Environment): Promise<string> {
  const file = environment['AUTHLY_BACKUP_PASSPHRASE_FILE'];
  const own = environment['AUTHLY_BACKUP_PASSPHRASE'] || (file && (await readFile(file, 'utf8')).trim());
  const passphrase = own || settings['secrets.jwt_secret_key'];
  if (passphrase === undefined) {
    throw new StartError(
      'There is nothing to encrypt or open the backup with.',
      'Neither AUTHLY_BACKUP_PASSPHRASE nor JWT_SECRET_KEY is set, and no key of age was given.',
      'Set one of them, or give --recipient (--identity for a restore).',
    );
  }
  return passphrase;
}
