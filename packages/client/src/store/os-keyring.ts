/** The operating system's keyring: one small secret in it, asked for with a time limit and never trusted blindly. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../errors/storage-error.js';

/** One item of a keyring. */
export interface KeyringItem {
  /** `undefined` means that the keyring is open and holds no such item. */
  get(): Promise<string | undefined>;
  set(value: string): Promise<void>;
  delete(): Promise<void>;
}

/** Opens items of the keyring; rejects with StorageError `unavailable` where there is none. */
export interface Keyring {
  item(account: string): KeyringItem;
}

/** What decides whether there is a keyring. */
export interface KeyringOptions {
  /** The name that the person sees in the keyring's own window. */
  readonly service: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** How long one call may take; a locked keyring waits for a person. 3,000 by default. */
  readonly timeoutMs?: number;
}

type NativeEntry = {
  getPassword(signal?: AbortSignal): Promise<string | null>;
  setPassword(password: string, signal?: AbortSignal): Promise<void>;
  deletePassword(signal?: AbortSignal): Promise<boolean>;
};
type NativeModule = {
  AsyncEntry: new (service: string, account: string, options?: { linux?: { store: 'secret-service' } }) => NativeEntry;
};

/** Loads the keyring of this computer, or rejects with StorageError `unavailable` saying what is missing. */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const platform = options.platform ?? process.platform;
  if (platform === 'linux' && !hasSessionBus(options.env ?? process.env)) {
    throw unavailable('There is no D-Bus session, so no keyring can be asked.');
  }
  const native = await loadNative();
  const timeoutMs = options.timeoutMs ?? 3_000;
  return {
    item: (account) => {
      // Pinned: the library would otherwise fall back to the kernel's key ring, which forgets everything at the next start.
      const entry = bounded(
        async () => new native.AsyncEntry(options.service, account, { linux: { store: 'secret-service' } }),
        timeoutMs,
      );
      entry.catch(() => undefined);
      return {
        get: async () => (await bounded(async (signal) => (await entry).getPassword(signal), timeoutMs)) ?? undefined,
        set: (value) => bounded(async (signal) => (await entry).setPassword(value, signal), timeoutMs),
        delete: async () => {
          await bounded(async (signal) => (await entry).deletePassword(signal), timeoutMs);
        },
      };
    },
  };
}

/** Proves that the keyring keeps what it is given, by writing, reading and deleting a random item. */
export async function probeKeyring(keyring: Keyring): Promise<void> {
  const item = keyring.item(`probe-${randomBytes(6).toString('hex')}`);
  const value = randomBytes(16).toString('base64url');
  await item.set(value);
  const found = await item.get();
  await item.delete();
  if (found !== value) throw unavailable('The keyring accepted an item and did not give it back.');
}

function hasSessionBus(env: NodeJS.ProcessEnv): boolean {
  if (env.DBUS_SESSION_BUS_ADDRESS) return true;
  return env.XDG_RUNTIME_DIR !== undefined && existsSync(join(env.XDG_RUNTIME_DIR, 'bus'));
}

async function loadNative(): Promise<NativeModule> {
  // A variable, so that a bundler leaves this optional native module where it is.
  const name = '@napi-rs/keyring';
  try {
    return await import(name);
  } catch (cause) {
    throw unavailable('The optional package @napi-rs/keyring is not installed for this platform.', cause);
  }
}

async function bounded<T>(call: (signal: AbortSignal) => Promise<T>, timeoutMs: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(locked());
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(controller.signal), limit]);
  } catch (error) {
    throw error instanceof StorageError ? error : refusal(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Only the first line of a native message is a message; the rest may be a native stack. */
function refusal(cause: unknown): StorageError {
  const text = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
  if (/lock|dismiss|prompt|interaction/i.test(text)) return locked(cause);
  if (/too (long|large|big)|exceed/i.test(text)) {
    return new StorageError({
      failure: 'too_large',
      message: 'The keyring refused the key because of its size.',
      reason: text,
      hint: 'Use file storage instead.',
      cause,
    });
  }
  if (/not provided by any|ServiceUnknown|failed to connect|no (default )?(store|backend|keychain)/i.test(text)) {
    return unavailable('No keyring service answers in this session.', cause);
  }
  return new StorageError({
    failure: 'denied',
    message: 'The keyring refused access.',
    reason: text || 'It gave no reason.',
    hint: 'Allow this program in the keyring, or choose file storage.',
    cause,
  });
}

function locked(cause?: unknown): StorageError {
  return new StorageError({
    failure: 'locked',
    message: 'The keyring is locked.',
    reason: 'It did not answer in time, which is how a keyring behaves that waits for its password.',
    hint: 'Unlock the keyring and try again; nothing was deleted.',
    retryable: true,
    cause,
  });
}

function unavailable(reason: string, cause?: unknown): StorageError {
  return new StorageError({
    failure: 'unavailable',
    message: 'This computer offers no keyring to this program.',
    reason,
    hint: 'Choose file storage, or set a passphrase for the token store.',
    cause,
  });
}
