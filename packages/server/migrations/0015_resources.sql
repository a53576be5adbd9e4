-- The APIs that access tokens can be for. A token names one of them.
create table resources (
  id uuid primary key,
  -- as registered: what aud says, byte for byte
  identifier text not null,
  -- the spelling by which it is found
  canonical text collate "C" not null unique,
  name varchar(255) not null,
  scopes text[] not null,
  -- what a request gets that names the resource and no scope
  default_scopes text[] not null,
  -- clients that nobody registered may ask for it
  is_open boolean not null default false,
  -- the clients that may ask for it where it is not open
  clients text[] not null default '{}',
  -- seconds that its tokens live; the client's or the server's setting when absent
  token_lifetime integer check (token_lifetime > 0),
  is_active boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1,
  check (default_scopes <@ scopes)
);
create index resources_newest on resources (created_at desc, id desc);
create trigger resources_changed after insert or update or delete on resources
  for each statement execute function authly_announce_change();

-- Before there was a registry any absolute address would do: what living logins name goes on for the clients that they belong to.
insert into resources (id, identifier, canonical, name, scopes, default_scopes, clients, created_at, updated_at)
select gen_random_uuid(), named.identifier, named.canonical, left(named.identifier, 255), '{}', '{}', named.clients, now(), now()
  from (select min(identifier) as identifier, regexp_replace(identifier, '^(https?://[^/?]+)$', '\1/') as canonical,
               array_agg(distinct g.client_id::text) as clients
          from grants g cross join unnest(g.resources) identifier
         where g.revoked_at is null and g.expires_at > now()
         group by 2) named;
