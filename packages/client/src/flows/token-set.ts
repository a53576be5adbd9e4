/** What a token endpoint answered, with times fixed at the moment of receipt. */
import { parseScope } from '@authly/oauth';
import { getValidatedIdTokenClaims, type TokenEndpointResponse } from 'oauth4webapi';
import type { Connection } from './connection.js';

/** Tokens and what is known about them. Times are milliseconds since 1970 by the local clock. */
export interface TokenSet {
  readonly accessToken: string;
  readonly tokenType: 'Bearer' | 'DPoP';
  readonly refreshToken?: string;
  readonly idToken?: string;
  readonly scopes: readonly string[];
  readonly receivedAt: number;
  readonly expiresAt?: number;
  /** When the server advises to refresh. */
  readonly refreshAfter?: number;
  readonly sessionExpiresAt?: number;
  /** Server time minus local time, in seconds. */
  readonly clockSkewSeconds: number;
  readonly subject?: string;
  readonly username?: string;
}

/**
 * Keeps what is needed of an answer. The lifetime counts from the local time of receipt, never from a date inside the token: the two clocks may differ.
 *
 * @spec RFC 6749 §5.1
 */
export function tokenSetOf(connection: Connection, answer: TokenEndpointResponse): TokenSet {
  const receivedAt = connection.clock.now();
  const after = (seconds: unknown) =>
    typeof seconds === 'number' && seconds > 0 ? receivedAt + seconds * 1000 : undefined;
  const claims = getValidatedIdTokenClaims(answer);
  return {
    accessToken: answer.access_token,
    tokenType: answer.token_type === 'dpop' ? 'DPoP' : 'Bearer',
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
    scopes: answer.scope === undefined ? connection.scopes : (parseScope(answer.scope) ?? []),
    receivedAt,
    expiresAt: after(answer.expires_in),
    refreshAfter: after(answer.refresh_in),
    sessionExpiresAt: after(answer.refresh_expires_in ?? answer.refresh_token_expires_in),
    clockSkewSeconds: connection.skewSeconds(),
    subject: claims?.sub,
    username: firstText(claims?.preferred_username, claims?.email, claims?.name),
  };
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}
