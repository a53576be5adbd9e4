/** `@authly/client/jwt`: tokens as an API sees them. Needs nothing but `fetch` and Web Crypto. */
export { decodeJwt } from './resource/decode-jwt.js';
export type { DecodedJwt } from './resource/decode-jwt.js';
export { createResourceGuard } from './resource/resource-guard.js';
export type {
  GuardDecision,
  GuardedReply,
  GuardedRequest,
  GuardedResponse,
  Refusal,
  ResourceGuard,
  ResourceGuardOptions,
} from './resource/resource-guard.js';
export { createTokenVerifier } from './resource/token-verifier.js';
export type { TokenVerifier, TokenVerifierOptions, VerifiedToken } from './resource/token-verifier.js';
