import type { Settings } from '../../config/settings.js';
import type { SigningAlgorithm } from '../../model/client.js';
import { isTrusted, type SigningKey } from '../../model/signing-key.js';
import type { Clock } from '../../ports/clock.js';
import type { SecretBox } from '../../ports/crypto/secret-box.js';
import type { Succession } from '../../ports/crypto/signer.js';
import type { SigningKeyStore } from '../../ports/store/registrations/signing-keys.js';
import { createKeyPair, type KeyPair, toSigningKey } from './key-pair.js';

export type RotationSettings = Pick<Settings, 'keys.rotation_days' | 'keys.announce_seconds'>;

export interface RotationNeeds {
  readonly store: SigningKeyStore;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly settings: RotationSettings;
}

/** No setting and no client lets a token live longer than a day; a minute for clocks that differ. */
const LONGEST_TOKEN_MS = (86_400 + 60) * 1000;
const DAY_MS = 86_400_000;

/** The first keys of an installation have always signed: no verifier knows an older JWKS, and no clock is behind them. */
export async function addFirstKeys(pairs: readonly KeyPair[], needs: RotationNeeds): Promise<void> {
  const times = { now: needs.clock.now(), activeAt: new Date(0) };
  await needs.store.addIfMissing(pairs.map((pair) => toSigningKey(pair, times, needs.box)));
}

/** The first key of an algorithm that somebody has begun to ask for. Verifiers may hold a JWKS from before. */
export async function announceFirstKey(algorithm: SigningAlgorithm, needs: RotationNeeds): Promise<void> {
  const { key } = await createSuccessor(algorithm, { immediate: false }, needs);
  await needs.store.addIfMissing([key]);
}

/**
 * Makes the successor. It is announced before it signs, and its predecessors stay in the JWKS until the last token that
 * they signed has expired. @spec OpenID Connect Core §10.1.1
 */
// @check 22
export async function createSuccessor(
  algorithm: SigningAlgorithm,
  options: { readonly immediate: boolean },
  needs: Omit<RotationNeeds, 'store'>,
): Promise<Succession> {
  const pair = await createKeyPair(algorithm);
  const now = needs.clock.now();
  const announceMs = options.immediate ? 0 : needs.settings['keys.announce_seconds'] * 1000;
  const activeAt = new Date(now.getTime() + announceMs);
  return {
    key: toSigningKey(pair, { now, activeAt }, needs.box),
    others: { retireAt: activeAt, expireAt: new Date(activeAt.getTime() + LONGEST_TOKEN_MS) },
  };
}

/** The algorithms whose newest key has reached the age of replacement. */
export function dueForRotation(
  keys: readonly SigningKey[],
  needs: Omit<RotationNeeds, 'store' | 'box'>,
): SigningAlgorithm[] {
  const days = needs.settings['keys.rotation_days'];
  if (days === 0) return [];
  const now = needs.clock.now();
  return algorithmsInUse(keys, now).filter((algorithm) => {
    const newest = Math.max(...keys.filter((key) => key.algorithm === algorithm).map(firstUse));
    return newest + days * DAY_MS <= now.getTime();
  });
}

/** The first keys of an installation are active from before they were made. */
function firstUse({ activeAt, createdAt }: SigningKey): number {
  return Math.max(activeAt.getTime(), createdAt.getTime());
}

export function algorithmsInUse(keys: readonly SigningKey[], now: Date): SigningAlgorithm[] {
  const alive = keys.filter((key) => isTrusted(key, now));
  return [...new Set(alive.map((key) => key.algorithm))];
}
