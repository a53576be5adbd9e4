import type { KeyObject } from 'node:crypto';
import { isTrusted, type SigningKey } from '../../model/signing-key.js';
import type { Clock } from '../../ports/clock.js';
import type { SecretBox } from '../../ports/crypto/secret-box.js';
import type { SigningKeyStore } from '../../ports/store/registrations/signing-keys.js';
import { ForeignSecretsError } from '../master-key.js';
import { openPrivateKey, openPublicKey } from './key-pair.js';

/** Signing asks no database: the keys are held here, and read again when the database says that they changed. */
export interface KeySet {
  current(): Promise<LoadedKeys>;
  /** What is known not to be out of date; fails when the database does and they are. */
  certain(): Promise<LoadedKeys>;
  /** Reads them now; fails when the database does. */
  reload(): Promise<LoadedKeys>;
  /** For the listener: what is held may be out of date. */
  invalidate(): void;
  /** What is held is out of date: whoever asks next waits for what the database has then. */
  markOutdated(): void;
  /** Whether the key was withdrawn, as far as was read. */
  isWithdrawn(kid: string): boolean;
  hasWithdrawn(): boolean;
}

export type LoadedKeys = ReadonlyMap<string, LoadedKey>;

export interface LoadedKey {
  readonly key: SigningKey;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** Encoded headers by `typ`; there are as many as kinds of tokens. */
  readonly headers: Map<string, string>;
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
  let withdrawn: ReadonlySet<string> = new Set();
  let reloadAfter = 0;
  let loading: Promise<LoadedKeys> | undefined;
  let changedMeanwhile = false;
  let isOutdated = false;
  let retryAfter = 0;

  async function read(): Promise<LoadedKeys> {
    do {
      changedMeanwhile = false;
      held = open(await needs.store.all(), held);
    } while (changedMeanwhile);
    isOutdated = false;
    reloadAfter = needs.clock.now().getTime() + MAX_AGE_MS;
    return held;
  }

  function reload(): Promise<LoadedKeys> {
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  async function renewKeys(before: LoadedKeys): Promise<LoadedKeys> {
    try {
      return await reload();
    } catch (error) {
      retryAfter = needs.clock.now().getTime() + RETRY_MS;
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
    withdrawn = new Set(keys.filter((key) => key.withdrawnAt !== undefined).map((key) => key.kid));
    const alive = keys.filter((key) => isTrusted(key, now));
    return new Map(alive.map((key) => [key.kid, openKey(key, before?.get(key.kid), needs.box)]));
  }

  const keys: KeySet = {
    async current() {
      if (held === undefined) return reload();
      if (isOutdated && needs.clock.now().getTime() >= retryAfter) return renewKeys(held);
      if (needs.clock.now().getTime() >= reloadAfter) reloadBeside();
      return held;
    },
    certain: async () => (held === undefined || isOutdated ? reload() : keys.current()),
    reload,
    invalidate() {
      changedMeanwhile = true;
      if (held !== undefined) reloadBeside();
    },
    markOutdated() {
      changedMeanwhile = true;
      isOutdated = true;
    },
    isWithdrawn: (kid) => withdrawn.has(kid),
    hasWithdrawn: () => withdrawn.size > 0,
  };
  return keys;
}

function openKey(key: SigningKey, before: LoadedKey | undefined, box: SecretBox): LoadedKey {
  if (before !== undefined) return { ...before, key };
  const privateKey = openPrivateKey(key, box);
  if (privateKey === undefined) throw new ForeignSecretsError(`signing key ${key.kid}`);
  return { key, publicKey: openPublicKey(key), privateKey, headers: new Map() };
}
