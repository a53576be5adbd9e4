import type { Parameters } from '@authly/oauth';
import type { AuthorizationRequest } from '../../model/tokens/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { trustRedirect } from './trust-redirect.js';

/** What every address begins with that stands for a pushed request. @spec RFC 9126 §2.2 */
export const PUSHED_REQUEST_URI = 'urn:ietf:params:oauth:request_uri:';

/** Whether an authorization request is one that was pushed before. */
export function isPushed({ values }: Parameters): boolean {
  return values.get('request_uri')?.startsWith(PUSHED_REQUEST_URI) === true;
}

/**
 * The request that was pushed. Only client_id and request_uri count, and nothing is used up by looking at it: a mail program or a
 * reload may open the address before the person does. What is wrong is told on a page, since nobody knows where to send the person.
 * @spec RFC 9126 §4
 */
// @check 101, 102, 103, 104
export async function readPushedRequest(
  parameters: Parameters,
  context: Pick<Context, 'directory' | 'store' | 'hashing' | 'clock'>,
): Promise<{ readonly request: AuthorizationRequest; readonly client: Client }> {
  const { values, repeated } = parameters;
  if (repeated.includes('request_uri'))
    throw new OAuthError('invalid_request', 'The parameter request_uri was sent more than once.');
  const hash = context.hashing.tokenHash(values.get('request_uri') ?? '');
  const found = await context.store.pushedRequests.find(hash);
  const isOpen = found !== undefined && found.usedAt === undefined && found.expiresAt > context.clock.now();
  if (!isOpen || found.clientId !== values.get('client_id') || repeated.includes('client_id'))
    throw new OAuthError(
      'invalid_request_uri',
      'This request_uri has expired, was used before, or belongs to another application. Start the sign-in again there.',
      { reason: 'request_uri' },
    );
  // The client may have lost its address since, or been switched off.
  const named = new Map<string, string>([
    ['client_id', found.clientId],
    ['redirect_uri', found.request.redirectUri],
  ]);
  const { client } = await trustRedirect({ values: named, lists: new Map(), repeated: [] }, context);
  return { request: { ...found.request, pushed: hash }, client };
}
