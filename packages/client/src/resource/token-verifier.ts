/** Deciding, in an API, whether an access token may be believed. */
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { systemClock, type Clock } from '../clock.js';
import { InsufficientScopeError } from '../errors/credential-errors.js';
import { TokenValidationError, type TokenProblem } from '../errors/service-errors.js';
import { connect, type Connection } from '../flows/connection.js';
import { introspectToken, type Introspection } from '../flows/introspection.js';
import type { Secret } from '../secret.js';
import { cachedIntrospection } from './introspection-cache.js';
import { signingKeysOf } from './signing-keys.js';

/** What a resource server expects of tokens. */
export interface TokenVerifierOptions {
  readonly issuer: string;
  /** The name of this API: the `aud` that tokens must carry. */
  readonly audience: string;
  /** The signature algorithms that are accepted; asymmetric ones only. */
  readonly algorithms?: readonly string[];
  /** How far the clocks may differ; 60 by default, 300 at most. */
  readonly clockToleranceSeconds?: number;
  /** `never`: signatures only. `fallback`: tokens that are no JWT are introspected. `always`: JWTs too, so that a revocation is seen. */
  readonly introspection?: 'never' | 'fallback' | 'always';
  /** How long an introspection answer is believed; 10 by default, 0 for none. */
  readonly introspectionCacheSeconds?: number;
  /** `any` accepts servers that do not mark access tokens as `at+jwt`. */
  readonly tokenType?: 'at+jwt' | 'any';
  /** This API's own client, for introspection. */
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/** A token that may be believed. */
export interface VerifiedToken {
  readonly subject: string | undefined;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly expiresAt?: Date;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The thumbprint of the key that the token is bound to; the caller must then prove that it holds the key. */
  readonly boundTo?: string;
  readonly via: 'signature' | 'introspection';
}

/** Verifies tokens. */
export interface TokenVerifier {
  /** Rejects with TokenValidationError, InsufficientScopeError when scopes are named that it lacks, or a network error when the server cannot be asked. */
  verify(token: string, need?: { readonly scopes?: readonly string[] }): Promise<VerifiedToken>;
  /** Forgets what the server has said about a token. */
  forget(token: string): Promise<void>;
}

const asymmetric = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
];

/**
 * Makes a verifier for one API. Keys are fetched on first use, cached, and kept while the server is away.
 *
 * @spec RFC 9068 §4, RFC 7662
 * @example
 * ```ts
 * const verifier = createTokenVerifier({ issuer: 'https://auth.example.com', audience: 'https://api.example.com' });
 * const { subject } = await verifier.verify(token, { scopes: ['vms:read'] });
 * ```
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const http = { fetch: options.fetch, timeoutMs: options.timeoutMs ?? 5_000 };
  const clock = options.clock ?? systemClock;
  const keys = signingKeysOf(options.issuer, http);
  let connection: Promise<Connection> | undefined;
  const ask = async (token: string) => {
    connection ??= connect({ ...http, ...options, clientId: options.clientId ?? options.audience, clock }).catch(
      (error) => {
        connection = undefined;
        throw error;
      },
    );
    return introspectToken(await connection, { token });
  };
  const cache = cachedIntrospection(ask, { clock, seconds: options.introspectionCacheSeconds ?? 10 });
  const mode = options.introspection ?? 'never';

  const bySignature = async (token: string) => {
    const tolerance = Math.min(options.clockToleranceSeconds ?? 60, 300);
    const typed = (options.tokenType ?? 'at+jwt') === 'at+jwt';
    const { payload } = await jwtVerify(token, keys.key, {
      issuer: (await keys.server()).issuer,
      audience: options.audience,
      algorithms: (options.algorithms ?? asymmetric).filter((algorithm) => asymmetric.includes(algorithm)),
      clockTolerance: tolerance,
      currentDate: new Date(clock.now()),
      ...(typed && { typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'] }),
      ...(!typed && { requiredClaims: ['exp'] }),
    });
    return fromClaims(payload, 'signature');
  };

  return {
    verify: async (token, need = {}) => {
      const isJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
      if (!isJwt && mode === 'never') throw refused('malformed');
      const local = isJwt ? await translated(() => bySignature(token)) : undefined;
      const asked = !isJwt || mode === 'always' ? believed(await cache.ask(token), options, clock) : undefined;
      const verified = local ?? asked;
      if (!verified) throw refused('malformed');
      const missing = (need.scopes ?? []).filter((scope) => !verified.scopes.includes(scope));
      if (missing.length > 0) throw lacking(missing);
      return verified;
    },
    forget: (token) => cache.forget(token),
  };
}

function fromClaims(claims: JWTPayload | Introspection, via: VerifiedToken['via']): VerifiedToken {
  const confirmation = claims.cnf as { readonly jkt?: unknown } | undefined;
  // A token that is bound by something this package cannot check must not pass as an unbound one.
  if (confirmation !== undefined && typeof confirmation.jkt !== 'string') throw refused('claim');
  return {
    subject: claims.sub,
    clientId: typeof claims.client_id === 'string' ? claims.client_id : undefined,
    scopes: scopesOf(claims.scope ?? claims.scp),
    expiresAt: claims.exp === undefined ? undefined : new Date(claims.exp * 1000),
    claims,
    boundTo: confirmation?.jkt as string | undefined,
    via,
  };
}

/** The server's word, checked again for what it may have left to the caller: the end and the audience. */
function believed(answer: Introspection, options: TokenVerifierOptions, clock: Clock): VerifiedToken {
  if (!answer.active) throw refused('revoked');
  if (answer.exp !== undefined && answer.exp * 1000 <= clock.now()) throw refused('expired');
  const audience = answer.aud === undefined ? [] : [answer.aud].flat();
  if (audience.length > 0 && !audience.includes(options.audience)) throw refused('audience');
  return fromClaims(answer as JWTPayload, 'introspection');
}

function scopesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((scope) => typeof scope === 'string');
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : [];
}

async function translated(verify: () => Promise<VerifiedToken>): Promise<VerifiedToken> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) throw refused(problemOf(error));
    throw error;
  }
}

function problemOf(error: errors.JOSEError): TokenProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (!(error instanceof errors.JWTClaimValidationFailed)) {
    return error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid ? 'malformed' : 'signature';
  }
  const byClaim: Readonly<Record<string, TokenProblem>> = {
    aud: 'audience',
    iss: 'issuer',
    typ: 'type',
    nbf: 'not_yet_valid',
  };
  return byClaim[error.claim] ?? 'claim';
}

const reasons: Readonly<Record<TokenProblem, string>> = {
  missing: 'There is none.',
  malformed: 'It is not a token of this server.',
  signature: 'Its signature does not fit.',
  expired: 'It has expired.',
  not_yet_valid: 'It is not valid yet.',
  issuer: 'Another server issued it.',
  audience: 'It was issued for another API.',
  type: 'It is not an access token.',
  claim: 'A claim in it is missing or cannot be accepted.',
  proof: 'The proof of its key is missing or does not fit.',
  revoked: 'It was revoked, has expired or was never issued.',
};

/** The error for a token that is refused; it says why without quoting the token. */
export function refused(problem: TokenProblem): TokenValidationError {
  return new TokenValidationError({
    problem,
    message: 'The access token was refused.',
    reason: reasons[problem],
    hint: 'Get a new access token for this API.',
  });
}

function lacking(missing: readonly string[]): InsufficientScopeError {
  return new InsufficientScopeError({
    message: 'The access token lacks a permission.',
    reason: `It was not granted: ${missing.join(' ')}.`,
    hint: 'Ask for the missing scopes when logging in.',
    missing,
  });
}
