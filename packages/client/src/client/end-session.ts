/** Ending a session: on the server as well as it can be done, here in any case. */
import type { Credential } from '../credentials/credential.js';
import type { SessionCredential } from '../credentials/oauth-credential.js';
import { isAuthError } from '../errors/auth-error.js';
import { revokeToken, type RevocationOutcome } from '../flows/revocation.js';
import { credentialVariables } from '../profiles/credential-variables.js';
import type { Program } from '../profiles/program.js';
import { hasSession } from './auth-status.js';

/** A server that is slow or down must not keep a person from logging out. */
const longestRevocationMs = 5_000;

/** What a logout did. */
export interface LogoutOutcome {
  readonly revocation: RevocationOutcome;
  /** True when tokens were stored here and are gone now. */
  readonly deleted: boolean;
  readonly profile?: string;
  /** What goes on although the session has ended: a variable that still holds a credential. */
  readonly warnings: readonly string[];
}

/** What a logout cannot end: the variables that still hold a credential. */
export function logoutWarnings(program: Program): readonly string[] {
  return credentialVariables(program).map((name) => `${name} is set and goes on working; unset it to be logged out.`);
}

/** Revokes the tokens of a session; never rejects for the server's sake. */
export async function revokeSession(
  credential: Credential,
  which: 'refresh' | 'access' | 'all',
): Promise<RevocationOutcome> {
  if (!hasSession(credential)) return 'nothing';
  try {
    return await revokeTokens(credential, which);
  } catch (error) {
    if (isAuthError(error) || isAbort(error)) return 'failed';
    throw error;
  }
}

/** Revokes, then deletes. */
export async function endSession(
  credential: Credential,
  how: { readonly revoke: boolean },
): Promise<Pick<LogoutOutcome, 'revocation' | 'deleted'>> {
  if (!hasSession(credential)) return { revocation: 'nothing', deleted: false };
  const revocation = how.revoke ? await revokeSession(credential, 'all') : 'nothing';
  const session = credential.session();
  const stored = (await session.options.store.list()).some((record) => record.key === session.options.key);
  await session.forget();
  return { revocation, deleted: stored };
}

async function revokeTokens(
  credential: SessionCredential,
  which: 'refresh' | 'access' | 'all',
): Promise<RevocationOutcome> {
  const record = await credential.session().current();
  const { refreshToken, accessToken } = record?.secrets ?? {};
  const signal = AbortSignal.timeout(longestRevocationMs);
  const connection = await credential.connection();
  let outcome: RevocationOutcome = 'nothing';
  if (refreshToken !== undefined && which !== 'access') {
    outcome = await revokeToken(connection, { token: refreshToken, hint: 'refresh_token', signal });
  }
  if (accessToken !== undefined && which !== 'refresh') {
    const second = await revokeToken(connection, { token: accessToken, hint: 'access_token', signal });
    outcome = outcome === 'revoked' ? outcome : second;
  }
  return outcome;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}
