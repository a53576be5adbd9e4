import type { Settings } from '../../config/settings.js';
import type { SigningAlgorithm } from '../../model/client.js';
import { type SigningKey, signingKeyState } from '../../model/signing-key.js';
import type { Clock } from '../../ports/clock.js';
import type { SecretBox } from '../../ports/secret-box.js';
import type { Succession } from '../../ports/signer.js';
import type { SigningKeyStore } from '../../ports/store/signing-keys.js';
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

/** The first keys of their algorithms sign at once: no verifier knows an older JWKS. The same on every server. */
export async function addFirstKeys(pairs: readonly KeyPair[], needs: RotationNeeds): Promise<void> {
  const now = needs.clock.now();
  await needs.store.addIfMissing(pairs.map((pair) => toSigningKey(pair, { now, activeAt: now }, needs.box)));
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
    const newest = Math.max(...keys.filter((key) => key.algorithm === algorithm).map((key) => key.activeAt.getTime()));
    return newest + days * DAY_MS <= now.getTime();
  });
}

export function algorithmsInUse(keys: readonly SigningKey[], now: Date): SigningAlgorithm[] {
  const alive = keys.filter((key) => signingKeyState(key, now) !== 'gone');
  return [...new Set(alive.map((key) => key.algorithm))];
}
