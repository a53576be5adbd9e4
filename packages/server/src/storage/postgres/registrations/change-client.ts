import { CLIENT_METADATA_FIELDS, clientProperty } from '@authly/oauth';
import type { Client } from '../../../model/client.js';
import type { ClientChange, OptionalClientField } from '../../../ports/store/registrations/registrations.js';
import type { Queryable } from '../pool.js';
import { CLIENT, type ClientRow, toClient, toMetadata } from '../rows/client.js';
import { json, sql } from '../sql.js';

export interface ChangeOfClient {
  readonly clientId: string;
  readonly change: ClientChange;
  readonly now: Date;
  readonly ifVersion?: number;
  readonly clear?: readonly OptionalClientField[];
}

/** One update decides; only a client that was not changed is looked up again to say why. */
export async function changeClient(db: Queryable, request: ChangeOfClient): Promise<Client | 'unknown' | 'stale'> {
  const { clientId, change, now, ifVersion, clear = [] } = request;
  const cleared = CLIENT_METADATA_FIELDS.filter((field) => new Set<string>(clear).has(clientProperty(field)));
  const [row] = await db.query<ClientRow>(sql`
    update oauth_clients o
       set client_name = coalesce(${change.name}, client_name),
           client_type = coalesce(${change.type}, client_type),
           is_active = coalesce(${change.isActive}, is_active),
           origin = coalesce(${change.origin}, origin),
           is_first_party = coalesce(${change.isFirstParty}, is_first_party),
           scopes = coalesce(${change.scopes}, scopes),
           metadata = (metadata || ${json(toMetadata(change))}::jsonb) - ${cleared}::text[],
           updated_at = ${now}, version = version + 1
     where client_id = ${clientId} and (${ifVersion}::bigint is null or version = ${ifVersion})
    returning ${CLIENT}`);
  if (row !== undefined) return toClient(row);
  const known = await db.query(sql`select from oauth_clients where client_id = ${clientId}`);
  return known.length === 1 ? 'stale' : 'unknown';
}
