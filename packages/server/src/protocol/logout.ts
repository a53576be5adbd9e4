import type { Parameters, SessionId } from '@authly/oauth';
import type { SignedIn } from '../identity/browser-session.js';
import type { RequestOrigin } from '../model/audit-event.js';
import { grantOfSession } from '../model/tokens/grant.js';
import type { Context } from '../ports/context.js';
import { readIdToken } from './authorize/id-token-hint.js';
import { OAuthError } from './error.js';
import { sessionIdFor } from './subject.js';

/** What a logout request amounts to. @spec OpenID Connect RP-Initiated Logout §2, §3 */
export type LogoutRequest = {
  /** The session that a genuine hint names; only this one is ended without asking. */
  readonly hintedSession?: SessionId;
  /** Ask first: the hint names another session than the one in this browser, there is no hint, or the request holds a mistake. */
  readonly mustAsk: boolean;
  /** A registered address, with the state. */
  readonly returnTo?: string;
  /** An address was given that is not registered: say so, do not go there. */
  readonly addressRefused: boolean;
};

/** Checks a logout request without doing anything yet. */
// @check 250, 251, 252, 253, 254
export async function readLogoutRequest(
  parameters: Parameters,
  signedIn: SignedIn | undefined,
  context: Pick<Context, 'signer' | 'settings' | 'directory' | 'hashing'>,
): Promise<LogoutRequest> {
  const { values } = parameters;
  const hint = values.get('id_token_hint');
  const token = hint === undefined ? undefined : await readIdToken(hint, context);
  if (hint !== undefined && !token)
    throw new OAuthError('invalid_request', 'id_token_hint was not signed by this server.');
  const clientId = values.get('client_id');
  if (token && clientId !== undefined && clientId !== token.aud)
    throw new OAuthError('invalid_request', 'client_id differs from the client of id_token_hint.');
  const returnTo = await registeredAddress(clientId ?? token?.aud, values, context);
  const addressRefused = values.has('post_logout_redirect_uri') && returnTo === undefined;
  const client = token && (await context.directory.client(token.aud));
  const here = signedIn && client ? sessionIdFor(signedIn.session.id, client, context) : undefined;
  const sameSession = token?.sid !== undefined && (signedIn === undefined || token.sid === here);
  // The sid of a pairwise client names no session to anybody but the one in this browser.
  const hintedSession = sameSession && signedIn ? signedIn.session.id : (token?.sid as SessionId | undefined);
  return {
    ...(hintedSession !== undefined && { hintedSession }),
    mustAsk: !sameSession || (addressRefused && signedIn !== undefined),
    ...(returnTo !== undefined && { returnTo }),
    addressRefused,
  };
}

/** Ends one session: the browser's, and the family of tokens that a login without a browser made. */
// @check 259, 262
export async function endSession(
  id: SessionId,
  who: { readonly id: string; readonly name: string } | undefined,
  origin: RequestOrigin,
  context: Pick<Context, 'store' | 'clock'>,
): Promise<void> {
  const now = context.clock.now();
  await context.store.transaction(async (tx) => {
    await tx.sessions.end({ id }, now);
    await tx.grants.revoke({ id: grantOfSession(id) }, 'logout', now);
    tx.record(
      {
        action: 'logout',
        outcome: 'success',
        actor: who ? { type: 'user', ...who } : { type: 'anonymous' },
        target: { type: 'session', id },
      },
      origin,
    );
  });
}

async function registeredAddress(
  clientId: string | undefined,
  values: ReadonlyMap<string, string>,
  context: Pick<Context, 'directory'>,
): Promise<string | undefined> {
  const wanted = values.get('post_logout_redirect_uri');
  if (wanted === undefined || clientId === undefined) return undefined;
  const client = await context.directory.client(clientId);
  // String equality, as for redirect addresses. @spec RP-Initiated Logout §3
  if (!client?.isActive || !client.postLogoutRedirectUris.includes(wanted)) return undefined;
  const state = values.get('state');
  if (state === undefined) return wanted;
  return `${wanted}${wanted.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`;
}
