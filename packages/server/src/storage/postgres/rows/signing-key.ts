import type { SigningAlgorithm } from '../../../model/client.js';
import type { SigningKey } from '../../../model/signing-key.js';
import { text } from '../sql.js';

/** Columns of `signing_keys`. */
export const SIGNING_KEY = text`
  kid, algorithm, public_jwk, private_sealed, created_at, active_at, retired_at, expires_at, withdrawn_at`;

export interface SigningKeyRow {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly public_jwk: Record<string, unknown>;
  readonly private_sealed: Buffer;
  readonly created_at: Date;
  readonly active_at: Date;
  readonly retired_at: Date | null;
  readonly expires_at: Date | null;
  readonly withdrawn_at: Date | null;
}

export function toSigningKey(row: SigningKeyRow): SigningKey {
  return {
    kid: row.kid,
    algorithm: row.algorithm,
    publicJwk: row.public_jwk,
    privateSealed: row.private_sealed,
    createdAt: row.created_at,
    activeAt: row.active_at,
    retiredAt: row.retired_at ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    withdrawnAt: row.withdrawn_at ?? undefined,
  };
}
