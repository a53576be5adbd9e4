import type { KeyObject } from 'node:crypto';
import { type SigningKey, signingKeyState } from '../../model/signing-key.js';
import type { Clock } from '../../ports/clock.js';
import type { SecretBox } from '../../ports/secret-box.js';
import type { SigningKeyStore } from '../../ports/store/signing-keys.js';
import { openPrivateKey, openPublicKey } from './key-pair.js';

/** Signing asks no database: the keys are held here, and read again when the database says that they changed. */
export interface KeySet {
  current(): Promise<LoadedKeys>;
  /** Reads them now; fails when the database does. */
  reload(): Promise<LoadedKeys>;
  /** For the listener: what is held may be out of date. */
  invalidate(): void;
  /** What is held is out of date: whoever asks next waits for what the database has then. */
  outdate(): void;
}

export type LoadedKeys = ReadonlyMap<string, LoadedKey>;

export interface LoadedKey {
  readonly key: SigningKey;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** Encoded headers by `typ`; there are as many as kinds of tokens. */
  readonly headers: Map<string, string>;
}

/** The keys in the database cannot be used: another server with another master key made them. */
export class ForeignKeysError extends Error {
  constructor(kid: string) {
    super(
      `signing key ${kid} cannot be opened: the signing keys in this database were sealed with another JWT_SECRET_KEY. ` +
        'Start with the JWT_SECRET_KEY that this database was first used with.',
    );
    this.name = 'ForeignKeysError';
  }
}

/** The fallback when no notification arrives: the listener may be down. */
const MAX_AGE_MS = 30_000;
/** After a failed read the keys that are held go on working; the next try waits a little. */
const RETRY_MS = 1_000;

export function createKeySet(needs: {
  readonly store: SigningKeyStore;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}): KeySet {
  let held: LoadedKeys | undefined;
  let reloadAfter = 0;
  let loading: Promise<LoadedKeys> | undefined;
  let changedMeanwhile = false;
  let isOutdated = false;

  async function read(): Promise<LoadedKeys> {
    do {
      changedMeanwhile = false;
      held = open(await needs.store.all(), held);
    } while (changedMeanwhile);
    reloadAfter = needs.clock.now().getTime() + MAX_AGE_MS;
    return held;
  }

  function reload(): Promise<LoadedKeys> {
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  async function renewed(before: LoadedKeys): Promise<LoadedKeys> {
    isOutdated = false;
    try {
      return await reload();
    } catch (error) {
      needs.onFault(error);
      return before;
    }
  }

  function reloadBeside(): void {
    reloadAfter = needs.clock.now().getTime() + RETRY_MS;
    reload().catch(needs.onFault);
  }

  function open(keys: readonly SigningKey[], before: LoadedKeys | undefined): LoadedKeys {
    const now = needs.clock.now();
    const alive = keys.filter((key) => signingKeyState(key, now) !== 'gone');
    return new Map(alive.map((key) => [key.kid, openKey(key, before?.get(key.kid), needs.box)]));
  }

  return {
    async current() {
      if (held === undefined) return reload();
      if (isOutdated) return renewed(held);
      if (needs.clock.now().getTime() >= reloadAfter) reloadBeside();
      return held;
    },
    reload,
    invalidate() {
      changedMeanwhile = true;
      if (held !== undefined) reloadBeside();
    },
    outdate() {
      changedMeanwhile = true;
      isOutdated = true;
    },
  };
}

function openKey(key: SigningKey, before: LoadedKey | undefined, box: SecretBox): LoadedKey {
  if (before !== undefined) return { ...before, key };
  const privateKey = openPrivateKey(key, box);
  if (privateKey === undefined) throw new ForeignKeysError(key.kid);
  return { key, publicKey: openPublicKey(key), privateKey, headers: new Map() };
}
