/** Reading a JSON Web Token without trusting it. */
import {
  decodeJwt as decodePayload,
  decodeProtectedHeader,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose';
import { TokenValidationError } from '../errors/service-errors.js';

/** The readable parts of a token. Nothing in it has been verified. */
export interface DecodedJwt {
  readonly header: ProtectedHeaderParameters;
  readonly payload: JWTPayload;
  readonly issuedAt?: Date;
  readonly expiresAt?: Date;
}

/**
 * Reads a token for people to look at. It proves nothing: use `createTokenVerifier` to decide about access. Throws TokenValidationError `malformed` for
 * anything that is not a JWT.
 *
 * @spec RFC 7519 §7.2
 * @example
 * ```ts
 * console.log(decodeJwt(token).payload.sub);
 * ```
 */
export function decodeJwt(token: string): DecodedJwt {
  try {
    const header = decodeProtectedHeader(token);
    const payload = decodePayload(token);
    return { header, payload, issuedAt: dateOf(payload.iat), expiresAt: dateOf(payload.exp) };
  } catch {
    // No cause: it could quote the token.
    throw new TokenValidationError({
      problem: 'malformed',
      message: 'This is not a JSON Web Token.',
      reason: 'It does not have three readable parts.',
      hint: 'Opaque tokens and API keys can only be introspected.',
    });
  }
}

function dateOf(seconds: number | undefined): Date | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? new Date(seconds * 1000) : undefined;
}
