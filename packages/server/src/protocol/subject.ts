import type { SessionId, UserId } from '@authly/oauth';
import type { Client } from '../model/client.js';
import type { Context } from '../ports/context.js';

/** The `sub` by which a client knows a person: the same for all, or one for each sector. @spec OpenID Connect Core §8 */
// @check 205
export function subjectFor(userId: UserId, client: Client, context: Pick<Context, 'hashing'>): string {
  if (client.subjectType === 'public') return userId;
  return context.hashing.lastingMac('pairwise-subject', `${sectorOf(client)}\n${userId}`);
}

function sectorOf(client: Client): string {
  const address = client.sectorIdentifierUri ?? client.redirectUris[0];
  return address !== undefined && URL.canParse(address) ? new URL(address).host : client.clientId;
}

/**
 * The `sid` by which a client knows a session. Clients that must not find out that they share a person do not share the name of a session
 * either. @spec OpenID Connect Back-Channel Logout §2.1
 */
// @check 258
export function sessionIdFor(
  id: SessionId,
  client: Pick<Client, 'clientId' | 'subjectType'>,
  context: Pick<Context, 'hashing'>,
): string {
  if (client.subjectType === 'public') return id;
  return context.hashing.lastingMac('pairwise-session', `${client.clientId}\n${id}`);
}
