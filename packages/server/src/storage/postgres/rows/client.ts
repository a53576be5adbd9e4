import { type ClientId, readClientMetadata, type TokenHash, writeClientMetadata } from '@authly/oauth';
import type { Client } from '../../../model/client.js';
import { text } from '../sql.js';

/** Columns of `oauth_clients o`, with its secrets, oldest first. */
export const CLIENT = text`
  o.id, o.client_id, o.client_name, o.client_type, o.is_active, o.origin, o.last_used_at, o.is_system, o.is_first_party, o.scopes, o.metadata,
  o.created_at, o.updated_at, o.version,
  (select cl.version from client_logos cl where cl.client = o.id and cl.uri = o.metadata->>'logo_uri') as logo_version,
  (select coalesce(json_agg(json_build_object('id', cs.id, 'hash', cs.secret_hash,
            'created', extract(epoch from cs.created_at), 'expires', extract(epoch from cs.expires_at))
            order by cs.created_at, cs.id), '[]')
     from client_secrets cs where cs.client = o.id) as secrets`;

export interface ClientRow {
  readonly id: string;
  readonly client_id: ClientId;
  readonly client_name: string;
  readonly client_type: Client['type'];
  readonly is_active: boolean;
  readonly origin: Client['origin'];
  readonly last_used_at: Date | null;
  readonly is_system: boolean;
  readonly is_first_party: boolean;
  readonly scopes: string[];
  /** By registered names; what is not there is the default. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: string;
  readonly logo_version: string | null;
  readonly secrets: readonly {
    readonly id: string;
    readonly hash: TokenHash;
    /** Seconds since 1970. */
    readonly created: number;
    readonly expires: number | null;
  }[];
}

export function toClient(row: ClientRow): Client {
  return {
    ...readClientMetadata({ ...row.metadata, client_name: row.client_name }, row.client_type),
    id: row.id,
    clientId: row.client_id,
    type: row.client_type,
    isActive: row.is_active,
    origin: row.origin,
    lastUsedAt: row.last_used_at ?? undefined,
    isSystem: row.is_system,
    isFirstParty: row.is_first_party,
    scopes: row.scopes,
    secrets: row.secrets.map((secret) => ({
      id: secret.id,
      hash: secret.hash,
      createdAt: fromEpoch(secret.created),
      expiresAt: secret.expires === null ? undefined : fromEpoch(secret.expires),
    })),
    ...(row.logo_version !== null && { logoVersion: row.logo_version }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: Number(row.version),
  };
}

/** What the column `metadata` keeps of these properties: what is `undefined` is left out, the name has a column of its own. */
export function toMetadata(client: Partial<Client>): Readonly<Record<string, unknown>> {
  const { client_name: _, ...metadata } = writeClientMetadata(client);
  return metadata;
}

function fromEpoch(seconds: number): Date {
  return new Date(Math.round(seconds * 1000));
}
