/** Algorithms that sign what the server issues. HS256 is not among them: client secrets are stored as hashes only. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const;

/** @spec RFC 7518 §3.1, RFC 8037 §3.1 */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/**
 * Algorithms with which a client may sign its assertions: with its own keys, so there are more of them. Asymmetric only: with
 * HS256 among them a public key would pass for a shared secret. @spec RFC 8725 §3.1
 */
export const ASSERTION_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const;

/** Algorithms that may sign proofs of possession. Ed25519 is the newer name of what EdDSA means here. @spec RFC 9449 §4.2, RFC 9864 §2.2 */
export const DPOP_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
] as const;

export type DpopAlgorithm = (typeof DPOP_ALGORITHMS)[number];
