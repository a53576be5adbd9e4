import type { SessionId } from '@authly/oauth';
import type { Context } from '../ports/context.js';
import { sessionIdFor } from './subject.js';

/**
 * The addresses that the browser opens in frames, so that applications that keep their session in it can end it.
 * @spec OpenID Connect Front-Channel Logout §2
 */
export async function frontChannelAddresses(
  session: SessionId,
  context: Pick<Context, 'store' | 'directory' | 'hashing' | 'settings'>,
): Promise<readonly string[]> {
  const ids = await context.store.sessions.clientsOf(session);
  const clients = await Promise.all(ids.map((id) => context.directory.client(id)));
  return clients.flatMap((client) => {
    if (!client?.isActive || client.frontchannelLogoutUri === undefined) return [];
    const address = new URL(client.frontchannelLogoutUri);
    address.searchParams.set('iss', context.settings.issuer);
    address.searchParams.set('sid', sessionIdFor(session, client, context));
    return [address.href];
  });
}
