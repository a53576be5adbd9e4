import type { ClientId, UserId } from '@authly/oauth';
import type { Consent, ConsentStore } from '../../../ports/store/people/consents.js';
import { isUuid } from '../../uuid.js';
import { groupRead } from '../group-read.js';
import type { Queryable } from '../pool.js';
import { sql } from '../sql.js';

export function consents(db: Queryable): ConsentStore {
  const found = groupRead({ nameOf, read: (keys: readonly Key[]) => read(db, keys) });
  return {
    find: async (userId, clientId) => (isUuid(userId) ? await found.find({ userId, clientId }) : undefined),
    listOf: async (userId) => (isUuid(userId) ? await listOf(db, userId) : []),
    remember: (consent) => remember(db, consent),
    withdraw: async (userId, clientId, now) => isUuid(userId) && (await withdraw(db, { userId, clientId, now })),
  };
}

type Key = Pick<Consent, 'userId' | 'clientId'>;

function nameOf({ userId, clientId }: Key): string {
  return `${userId.toLowerCase()} ${clientId}`;
}

interface ConsentRow {
  readonly user_id: UserId;
  readonly client_id: ClientId;
  readonly scopes: string[];
  readonly granted_at: Date;
}

function toConsent(row: ConsentRow): Consent {
  return { userId: row.user_id, clientId: row.client_id, scopes: row.scopes, grantedAt: row.granted_at };
}

async function read(db: Queryable, keys: readonly Key[]): Promise<ReadonlyMap<string, Consent>> {
  const rows = await db.query<ConsentRow>(sql`
    select c.*
      from unnest((select ${keys.map((key) => key.userId)}::uuid[]), (select ${keys.map((key) => key.clientId)}::text[]))
             as k(user_id, client_id)
           cross join lateral (
             select user_id, client_id, scopes, granted_at from consents
              where user_id = k.user_id and client_id = k.client_id offset 0
           ) c`);
  return new Map(rows.map(toConsent).map((consent) => [nameOf(consent), consent]));
}

async function listOf(db: Queryable, userId: UserId): Promise<readonly Consent[]> {
  const rows = await db.query<ConsentRow>(sql`
    select user_id, client_id, scopes, granted_at from consents
     where user_id = ${userId} order by granted_at desc, client_id`);
  return rows.map(toConsent);
}

async function remember(db: Queryable, consent: Consent): Promise<void> {
  await db.count(sql`
    insert into consents as c (user_id, client_id, scopes, granted_at)
    values (${consent.userId}, ${consent.clientId}, ${consent.scopes}, ${consent.grantedAt})
        on conflict (user_id, client_id) do update
       set scopes = array(select distinct scope from unnest(c.scopes || excluded.scopes) scope order by scope),
           granted_at = greatest(c.granted_at, excluded.granted_at)`);
}

async function withdraw(
  db: Queryable,
  { userId, clientId, now }: { readonly userId: UserId; readonly clientId: ClientId; readonly now: Date },
): Promise<boolean> {
  const [row] = await db.query<{ existed: boolean }>(sql`
    with person as materialized (
      update users set login_epoch = login_epoch + 1 where id = ${userId} returning id
    ), forgotten as (
      delete from consents
       where user_id = any(array(select id from person)) and client_id = ${clientId} returning user_id
    ), targets as (
      select id from grants where user_id = any(array(select id from person)) and client_id = ${clientId} and revoked_at is null
       order by id for no key update
    ), revoked as (
      update grants g set revoked_at = ${now}, revoked_reason = 'consent_withdrawn' from targets where g.id = targets.id
    )
    select exists (select from forgotten) as existed`);
  return row?.existed ?? false;
}
