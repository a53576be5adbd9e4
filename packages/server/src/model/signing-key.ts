import type { SigningAlgorithm } from './client.js';

/** A key pair that signs tokens. announced → signing → retired → gone, or withdrawn at any time; the times say which. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** The private JWK, sealed with the server's master key. */
  readonly privateSealed: Buffer;
  readonly createdAt: Date;
  readonly activeAt: Date;
  readonly retiredAt?: Date;
  readonly expiresAt?: Date;
  /** Nothing that it signed is trusted any more, whatever clock is asked. */
  readonly withdrawnAt?: Date;
}

export type SigningKeyState = 'announced' | 'signing' | 'retired' | 'gone' | 'withdrawn';

/** The state that a key is in at a moment. */
export function signingKeyState(key: SigningKey, now: Date): SigningKeyState {
  if (key.withdrawnAt !== undefined) return 'withdrawn';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'gone';
  if (key.retiredAt !== undefined && key.retiredAt <= now) return 'retired';
  return key.activeAt <= now ? 'signing' : 'announced';
}

/** Whether the key is in the JWKS: what it signed verifies, or will. */
export function isTrusted(key: SigningKey, now: Date): boolean {
  const state = signingKeyState(key, now);
  return state !== 'gone' && state !== 'withdrawn';
}
