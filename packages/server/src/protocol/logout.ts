import type { GrantId, Parameters, SessionId } from '@authly/oauth';
import type { SignedIn } from '../identity/browser-session.js';
import type { RequestOrigin } from '../model/audit-event.js';
import type { Context } from '../ports/context.js';
import { readIdToken } from './authorize/id-token-hint.js';
import { OAuthError } from './error.js';

export const LOGOUT_PARAMETERS: ReadonlySet<string> = new Set([
  'id_token_hint',
  'logout_hint',
  'client_id',
  'post_logout_redirect_uri',
  'state',
  'ui_locales',
]);

/** What a logout request amounts to. @spec OpenID Connect RP-Initiated Logout §2, §3 */
export type LogoutRequest = {
  /** The session that a genuine hint names; only this one is ended without asking. */
  readonly hintedSession?: SessionId;
  /** The hint names another person or session than the one in this browser, or there is none: ask first. */
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
  context: Pick<Context, 'signer' | 'settings' | 'directory'>,
): Promise<LogoutRequest> {
  const { values, repeated } = parameters;
  if (repeated.length > 0)
    throw new OAuthError('invalid_request', `The parameter ${repeated[0]} was sent more than once.`);
  const hint = values.get('id_token_hint');
  const token = hint === undefined ? undefined : await readIdToken(hint, context);
  if (hint !== undefined && !token)
    throw new OAuthError('invalid_request', 'id_token_hint was not signed by this server.');
  const clientId = values.get('client_id');
  if (token && clientId !== undefined && clientId !== token.aud)
    throw new OAuthError('invalid_request', 'client_id differs from the client of id_token_hint.');
  const returnTo = await registeredAddress(clientId ?? token?.aud, values, context);
  const sameSession = token?.sid !== undefined && (signedIn === undefined || token.sid === signedIn.session.id);
  return {
    ...(token?.sid !== undefined && { hintedSession: token.sid as SessionId }),
    mustAsk: !sameSession,
    ...(returnTo !== undefined && { returnTo }),
    addressRefused: values.has('post_logout_redirect_uri') && returnTo === undefined,
  };
}

/** Ends one session: the browser's, and the family of tokens that a login without a browser made. */
// @check 259, 262
export async function endSession(
  id: SessionId,
  who: { readonly id: string; readonly name: string } | undefined,
  origin: RequestOrigin,
  context: Pick<Context, 'store' | 'clock' | 'audit'>,
): Promise<void> {
  const now = context.clock.now();
  await context.store.sessions.end({ id }, now);
  await context.store.grants.revoke({ id: id as string as GrantId }, 'logout', now);
  await context.audit.record(
    {
      action: 'logout',
      outcome: 'success',
      actor: who ? { type: 'user', ...who } : { type: 'anonymous' },
      target: { type: 'session', id },
    },
    origin,
  );
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
