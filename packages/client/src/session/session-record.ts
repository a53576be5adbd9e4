/** From an answer of the token endpoint to a stored record, and from a record to a token for use. */
import { accessToken } from '../credentials/access-token.js';
import type { AccessToken, AuthMethod, TokenSource } from '../credentials/credential.js';
import type { TokenSet } from '../flows/token-set.js';
import type { StoredRecord } from '../store/token-store.js';
import { refreshAfterOf, type RefreshWindows } from './refresh-windows.js';

/** What a session is, apart from its tokens. */
export interface SessionIdentity {
  readonly key: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly method: AuthMethod;
  readonly profile?: string;
  readonly apiUrl?: string;
  readonly resource?: string;
}

/** The record of fresh tokens; what the answer leaves out (user name, ID token) is kept from the record before. */
export function recordOf(
  session: SessionIdentity,
  tokens: TokenSet,
  extra: { readonly before?: StoredRecord; readonly privateKey?: string; readonly windows?: RefreshWindows },
): StoredRecord {
  const { before } = extra;
  const times = { obtainedAt: tokens.receivedAt, expiresAt: tokens.expiresAt, refreshAfter: tokens.refreshAfter };
  const refreshAfter = refreshAfterOf(times, extra.windows ?? {});
  return {
    kind: 'session',
    key: session.key,
    issuer: session.issuer,
    clientId: session.clientId,
    method: session.method,
    profile: session.profile,
    apiUrl: session.apiUrl,
    resource: session.resource,
    subject: tokens.subject ?? before?.subject,
    username: tokens.username ?? before?.username,
    scopes: tokens.scopes.length > 0 ? tokens.scopes : (before?.scopes ?? []),
    tokenType: tokens.tokenType,
    obtainedAt: tokens.receivedAt,
    expiresAt: tokens.expiresAt,
    refreshAfter: Number.isFinite(refreshAfter) ? refreshAfter : undefined,
    sessionExpiresAt: tokens.sessionExpiresAt ?? before?.sessionExpiresAt,
    refreshable: tokens.refreshToken !== undefined,
    clockSkewSeconds: tokens.clockSkewSeconds,
    status: 'active',
    secrets: {
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      idToken: tokens.idToken ?? before?.secrets.idToken,
      privateKey: extra.privateKey,
    },
  };
}

/** The token of a record; `undefined` for a record without one. */
export function tokenOf(record: StoredRecord, source: TokenSource): AccessToken | undefined {
  const token = record.secrets.accessToken;
  if (token === undefined || record.status === 'expired') return undefined;
  return accessToken({ ...record, token, type: record.tokenType, source });
}
