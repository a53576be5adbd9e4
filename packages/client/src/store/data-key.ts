/** Where the key that encrypts the tokens comes from: a passphrase, the operating system's keyring, or a private file. */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { StorageError, type StorageFailure } from '../errors/storage-error.js';
import { isAuthError } from '../errors/auth-error.js';
import type { Secret } from '../secret.js';
import { ensureKeyFile, readKeyFile } from './key-file.js';
import { openKeyring, probeKeyring, type Keyring } from './os-keyring.js';
import { isRightKey, keyCheck } from './sealing.js';

/** Written beside the tokens: how to find the key again, and how to know that it is the right one. */
export type KeyHeader =
  | { readonly source: 'keyring'; readonly service: string; readonly account: string; readonly check: string }
  | { readonly source: 'file'; readonly check: string }
  | { readonly source: 'passphrase'; readonly salt: string; readonly n: number; readonly check: string };

/** What a person chose: `auto` prefers the keyring and falls back, `keyring` never falls back. */
export type KeyPolicy = 'auto' | 'keyring' | 'file';

/** Everything that finding a key may need. */
export interface KeyPorts {
  readonly policy: KeyPolicy;
  readonly service: string;
  readonly keyPath: string;
  readonly passphrase?: Secret;
  readonly env: NodeJS.ProcessEnv;
  /** Begins the names of the variables that advice speaks of. */
  readonly envPrefix: string;
  readonly keyring?: () => Promise<Keyring>;
  readonly onFallback: (reason: string, to: string) => void;
}

/** A key and the way to find it again. */
export interface DataKey {
  readonly key: Buffer;
  readonly header: KeyHeader;
}

const scryptCost = 2 ** 17;
const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** Finds the key of an existing store. Locked, denied, absent and wrong are four different errors. */
export async function findDataKey(header: KeyHeader, ports: KeyPorts): Promise<Buffer> {
  const key = await keyOf(header, ports);
  if (isRightKey(key, header.check)) return key;
  if (header.source === 'passphrase')
    throw failure(
      'locked',
      'The passphrase of the token store is wrong.',
      'It does not fit the stored check value.',
      `Set ${passphraseVariable(ports)} to the passphrase that the store was made with, or log in again.`,
    );
  throw failure(
    'key_lost',
    'The stored tokens were encrypted with another key.',
    'The key that was found does not fit the check value in the file.',
    'Log in again, or restore the key.',
  );
}

/** Makes the key of a new store by the policy. */
export async function createDataKey(installId: string, ports: KeyPorts): Promise<DataKey> {
  if (ports.passphrase) {
    const salt = randomBytes(16).toString('base64url');
    const key = await stretch(ports.passphrase, salt, scryptCost);
    return { key, header: { source: 'passphrase', salt, n: scryptCost, check: keyCheck(key) } };
  }
  if (ports.policy === 'file') return fileKey(ports);
  try {
    return await keyringKey(installId, ports);
  } catch (error) {
    if (ports.policy === 'keyring' && error instanceof StorageError)
      throw withHint(error, `Set ${ports.envPrefix}_STORAGE=file, or ${passphraseVariable(ports)} to a passphrase.`);
    if (!isAuthError(error)) throw error;
    ports.onFallback(error.reason ?? error.message, ports.keyPath);
    return fileKey(ports);
  }
}

/** True when the stored key is not the kind that the policy now asks for, so that the store has to be encrypted anew. */
export function needsRekey(header: KeyHeader, ports: KeyPorts): boolean {
  if (ports.passphrase) return header.source !== 'passphrase';
  if (ports.policy === 'auto') return false;
  return header.source !== ports.policy;
}

async function keyOf(header: KeyHeader, ports: KeyPorts): Promise<Buffer> {
  switch (header.source) {
    case 'passphrase':
      if (ports.passphrase) return stretch(ports.passphrase, header.salt, header.n);
      throw failure(
        'locked',
        'The token store is locked with a passphrase.',
        'No passphrase was given.',
        `Set ${passphraseVariable(ports)} and try again, or log in again.`,
      );
    case 'file': {
      const key = readKeyFile(ports.keyPath);
      if (key) return key;
      throw failure(
        'key_lost',
        `The key file ${ports.keyPath} is gone.`,
        'The stored tokens cannot be read without it.',
        'Restore the file from a backup, or log in again.',
      );
    }
    case 'keyring': {
      const value = await readKeyring(header, ports);
      if (value) return Buffer.from(value, 'base64url');
      throw failure(
        'key_lost',
        'The keyring no longer holds the key of the stored tokens.',
        'It was emptied or replaced, perhaps by a restart or a new user account.',
        'Log in again.',
      );
    }
  }
}

/** The key is there, and nothing but this keyring has it: what helps is to open the keyring, or to do without the key. */
async function readKeyring(
  header: Extract<KeyHeader, { source: 'keyring' }>,
  ports: KeyPorts,
): Promise<string | undefined> {
  try {
    return await (await openPort(ports, header.service)).item(header.account).get();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const first =
      error.failure === 'locked' ? 'Unlock the keyring and try again' : 'Run this where the keyring can be used';
    throw withHint(error, `${first}, or log in again: the logins in the keyring are kept.`);
  }
}

function withHint(error: StorageError, hint: string): StorageError {
  const { failure, message, reason, retryable, cause } = error;
  return new StorageError({ failure, message, reason, hint, retryable, cause });
}

function passphraseVariable({ envPrefix }: KeyPorts): string {
  return `${envPrefix}_KEYRING_PASSPHRASE`;
}

async function keyringKey(account: string, ports: KeyPorts): Promise<DataKey> {
  const keyring = await openPort(ports, ports.service);
  await probeKeyring(keyring);
  const key = randomBytes(32);
  await keyring.item(account).set(key.toString('base64url'));
  return { key, header: { source: 'keyring', service: ports.service, account, check: keyCheck(key) } };
}

function fileKey(ports: KeyPorts): DataKey {
  const key = ensureKeyFile(ports.keyPath);
  return { key, header: { source: 'file', check: keyCheck(key) } };
}

function openPort(ports: KeyPorts, service: string): Promise<Keyring> {
  return ports.keyring ? ports.keyring() : openKeyring({ service, env: ports.env });
}

function stretch(passphrase: Secret, salt: string, n: number): Promise<Buffer> {
  return derive(passphrase.reveal(), Buffer.from(salt, 'base64url'), 32, { N: n, r: 8, p: 1, maxmem: 256 * n * 8 });
}

function failure(kind: StorageFailure, message: string, reason: string, hint: string): StorageError {
  return new StorageError({ failure: kind, message, reason, hint });
}
