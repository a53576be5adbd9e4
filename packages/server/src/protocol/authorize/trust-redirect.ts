import {
  type ClientId,
  nearestRedirect,
  type Parameters,
  redirectUriMatches,
  type TrustedRedirect,
} from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';

/**
 * Finds the client and its redirect address. What is wrong here is told to the person on a page, never by a redirect: the
 * address is not to be trusted yet. @spec OAuth 2.1 §2.3.5, RFC 9700 §4.11.2
 */
// @check 27, 28, 29, 33, 40, 91
export async function trustRedirect(
  parameters: Parameters,
  context: Pick<Context, 'directory'>,
): Promise<{ readonly client: Client; readonly redirectUri: TrustedRedirect }> {
  const once = (name: string): void => {
    if (parameters.repeated.includes(name))
      throw new OAuthError('invalid_request', `The parameter ${name} was sent more than once.`);
  };
  once('client_id');
  once('redirect_uri');
  const clientId = parameters.values.get('client_id') as ClientId | undefined;
  if (clientId === undefined) throw new OAuthError('invalid_request', 'The parameter client_id is missing.');
  const client = await context.directory.client(clientId);
  if (!client?.isActive)
    throw new OAuthError(
      'invalid_request',
      'This application is not registered here any more, or it is switched off (client_id). If a program added itself, remove the connection in that program and add it again.',
      { reason: 'client_unknown' },
    );
  return { client, redirectUri: trustAddress(client, parameters.values.get('redirect_uri'), parameters) };
}

function trustAddress(client: Client, presented: string | undefined, parameters: Parameters): TrustedRedirect {
  if (presented !== undefined) {
    if (client.redirectUris.some((registered) => redirectUriMatches(registered, presented, client)))
      return presented as TrustedRedirect;
    throw new OAuthError(
      'invalid_request',
      'This redirect_uri is not registered for the application. It must be the same, character by character.',
      {
        reason: 'redirect_uri',
        redirect: { sent: presented, nearest: nearestRedirect(presented, client.redirectUris) },
      },
    );
  }
  const isOpenId = (parameters.values.get('scope') ?? '').split(' ').includes('openid');
  const [only] = client.redirectUris;
  // @spec OpenID Connect Core §3.1.2.1: always required there
  if (only === undefined || client.redirectUris.length > 1 || isOpenId) {
    throw new OAuthError('invalid_request', 'The parameter redirect_uri is missing.', {
      reason: 'redirect_uri_missing',
    });
  }
  return only as TrustedRedirect;
}
