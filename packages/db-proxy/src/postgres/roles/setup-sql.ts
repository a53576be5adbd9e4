import { createHmac } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';

export type SlotClass = 'r' | 'w' | 'rw';

export const SLOT_CLASSES: readonly SlotClass[] = ['r', 'w', 'rw'];
export const GROUPS: Readonly<Record<SlotClass, readonly string[]>> = {
  r: ['authly_reader'],
  w: ['authly_writer'],
  rw: ['authly_reader', 'authly_writer'],
};

export function slotName(slotClass: SlotClass, number: number): string {
  return `authly_${slotClass}_${String(number).padStart(2, '0')}`;
}

/** One secret, from which the password of every role and the key of the identity are made. */
export function derive(secret: string, purpose: string): Buffer {
  return createHmac('sha256', secret).update(`authly db-proxy ${purpose}`).digest();
}

export function slotPassword(secret: string, role: string): string {
  return derive(secret, `role ${role}`).toString('base64url');
}

export interface SetupPlan {
  readonly secret: string;
  readonly slots: number;
  readonly schemas: readonly string[];
  /** Of Authly's own tables only these columns are read. */
  readonly openColumns: readonly OpenColumns[];
}

export interface OpenColumns {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** The SQL that makes roles, rights and functions. It may be run again; nobody else's rights change. */
export function setupSql({ secret, slots, schemas, openColumns }: SetupPlan): string {
  const lines = [
    'begin;',
    ...['authly_reader', 'authly_writer', 'authly_proxy'].map((name) => makeRole(name, 'nologin')),
  ];
  for (const slotClass of SLOT_CLASSES)
    for (let number = 1; number <= slots; number += 1) {
      const role = slotName(slotClass, number);
      lines.push(
        makeRole(role, 'login'),
        `alter role ${role} password ${escapeLiteral(slotPassword(secret, role))};`,
        `grant ${GROUPS[slotClass].join(', ')} to ${role};`,
      );
    }
  for (const schema of schemas.map(escapeIdentifier))
    lines.push(
      `grant usage on schema ${schema} to authly_reader, authly_writer;`,
      `grant select on all tables in schema ${schema} to authly_reader;`,
      `grant insert, update, delete on all tables in schema ${schema} to authly_writer;`,
      `grant usage on all sequences in schema ${schema} to authly_writer;`,
      `alter default privileges in schema ${schema} grant select on tables to authly_reader;`,
      `alter default privileges in schema ${schema} grant insert, update, delete on tables to authly_writer;`,
      `alter default privileges in schema ${schema} grant usage on sequences to authly_writer;`,
    );
  for (const { schema, table, columns } of openColumns)
    lines.push(
      `grant usage on schema ${escapeIdentifier(schema)} to authly_reader;`,
      `grant select (${columns.map(escapeIdentifier).join(', ')}) on ${escapeIdentifier(schema)}.${escapeIdentifier(table)} to authly_reader;`,
    );
  return `${[...lines, identitySql(secret), 'commit;'].join('\n')}\n`;
}

function makeRole(name: string, login: 'login' | 'nologin'): string {
  return `do $$ begin if not exists (select from pg_catalog.pg_roles where rolname = '${name}') then create role ${name} ${login} nosuperuser nocreatedb nocreaterole noreplication nobypassrls; end if; end $$;`;
}

/**
 * Who is calling, for row-level security. The proxy gives the identity at the start of a connection, sealed with a key that only `authly_proxy` can
 * read: what a session sets by itself has no seal, and the one of another role or of another time is not accepted.
 */
function identitySql(secret: string): string {
  const key = derive(secret, 'context');
  const padded = (byte: number): string => {
    const block = Buffer.alloc(64, byte);
    key.forEach((value, at) => {
      block[at] = value ^ byte;
    });
    return `'\\x${block.toString('hex')}'::bytea`;
  };
  const definer = 'security definer stable parallel restricted set search_path = pg_catalog, pg_temp';
  return `
grant authly_proxy to current_user;
create schema if not exists authly authorization authly_proxy;
create schema if not exists authly_private authorization authly_proxy;
set local role authly_proxy;
revoke all on schema authly_private from public;
grant usage on schema authly to authly_reader, authly_writer;
create table if not exists authly_private.context_key (inner_pad bytea not null, outer_pad bytea not null);
revoke all on authly_private.context_key from public;
delete from authly_private.context_key;
insert into authly_private.context_key values (${padded(0x36)}, ${padded(0x5c)});
create or replace function authly_private.caller() returns jsonb language plpgsql ${definer} as $body$
declare
  payload text := split_part(current_setting('authly.context', true), '.', 1);
  mac text := split_part(current_setting('authly.context', true), '.', 2);
  said jsonb;
begin
  if payload is null or payload = '' or not exists (
    select from authly_private.context_key
    where encode(sha256(outer_pad || sha256(inner_pad || convert_to(payload, 'UTF8'))), 'hex') = mac
  ) then
    return null;
  end if;
  said := convert_from(decode(payload, 'base64'), 'UTF8')::jsonb;
  if said ->> 'slot' <> session_user or (said ->> 'end')::bigint < extract(epoch from statement_timestamp()) then
    return null;
  end if;
  return said;
end $body$;
revoke all on function authly_private.caller() from public;
create or replace function authly.user_id() returns text language sql ${definer} as $body$ select authly_private.caller() ->> 'sub' $body$;
create or replace function authly.username() returns text language sql ${definer} as $body$ select authly_private.caller() ->> 'username' $body$;
create or replace function authly.scopes() returns text[] language sql ${definer} as $body$
  select array(select jsonb_array_elements_text(authly_private.caller() -> 'scopes')) $body$;
create or replace function authly.has_scope(scope text) returns boolean language sql ${definer} as $body$
  select coalesce(authly_private.caller() -> 'scopes' ? scope, false) $body$;
reset role;`;
}
