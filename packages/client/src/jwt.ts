/** `@authly/client/jwt`: tokens as an API sees them. Needs nothing but `fetch` and Web Crypto. */
export { decodeJwt } from './resource/decode-jwt.js';
export type { DecodedJwt } from './resource/decode-jwt.js';
export { createResourceGuard } from './resource/resource-guard.js';
export type { ResourceGuardOptions } from './resource/resource-guard.js';
export type { ProofMemory } from './resource/dpop-proof.js';
export type {
  GuardDecision,
  GuardedReply,
  GuardedRequest,
  GuardedResponse,
  GuardedWebRequest,
  GuardNeed,
  Refusal,
  ResourceGuard,
} from './resource/guarded.js';
export { createTokenVerifier } from './resource/token-verifier.js';
export type { TokenVerifier, TokenVerifierOptions, VerifiedToken } from './resource/token-verifier.js';
