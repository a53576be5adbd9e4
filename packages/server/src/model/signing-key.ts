import type { SigningAlgorithm } from './client.js';

/** A key pair that signs tokens. announced → signing → retired → gone; the times say which. */
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
}

/** The state that a key is in at a moment. */
export function signingKeyState(key: SigningKey, now: Date): 'announced' | 'signing' | 'retired' | 'gone' {
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'gone';
  if (key.retiredAt !== undefined && key.retiredAt <= now) return 'retired';
  return key.activeAt <= now ? 'signing' : 'announced';
}
