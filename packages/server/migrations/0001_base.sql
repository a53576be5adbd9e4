-- Users, clients, sessions, grants, tokens, keys, audit. Times are UTC and come from the application's clock.
-- fillfactor: rows that are changed soon after they were made find room for their new version on the same page.

create table users (
  id uuid primary key,
  username varchar(50) not null,
  email varchar(255) not null,
  password_hash text not null,
  password_changed_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_login timestamptz,
  is_active boolean not null default true,
  is_verified boolean not null default false,
  is_admin boolean not null default false,
  requires_password_change boolean not null default false,
  given_name varchar(255),
  family_name varchar(255),
  middle_name varchar(255),
  nickname varchar(255),
  preferred_username varchar(255),
  profile text,
  picture text,
  website text,
  gender varchar(50),
  birthdate text check (birthdate ~ '^(\d{4}|0000)(-\d{2}-\d{2})?$'),
  zoneinfo varchar(100),
  locale varchar(35),
  phone_number varchar(50),
  phone_number_verified boolean not null default false,
  address jsonb,
  version bigint not null default 1
);
create unique index users_username on users (lower(username));
create unique index users_email on users (lower(email));
create index users_newest on users (created_at desc, id desc);
create index users_admins on users (id) where is_admin and is_active;

create table oauth_scopes (
  id uuid primary key,
  scope_name varchar(255) not null unique,
  description text not null default '',
  is_default boolean not null default false,
  is_active boolean not null default true,
  is_system boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1
);

create table oauth_clients (
  id uuid primary key,
  client_id varchar(255) not null unique,
  client_name varchar(255) not null,
  client_type text not null check (client_type in ('confidential', 'public')),
  is_active boolean not null default true,
  -- protected: made at start-up, cannot be removed or changed by the API
  is_system boolean not null default false,
  -- ours: no consent page
  is_first_party boolean not null default false,
  redirect_uris text[] not null default '{}',
  post_logout_redirect_uris text[] not null default '{}',
  grant_types text[] not null,
  response_types text[] not null default '{code}',
  scopes text[] not null default '{}',
  require_pkce boolean not null default true,
  token_endpoint_auth_method text not null,
  token_endpoint_auth_signing_alg text,
  jwks jsonb,
  jwks_uri text,
  client_uri text,
  logo_uri text,
  tos_uri text,
  policy_uri text,
  software_id text,
  software_version text,
  contacts text[] not null default '{}',
  id_token_signed_response_alg text not null default 'RS256',
  userinfo_signed_response_alg text,
  access_token_signed_response_alg text,
  subject_type text not null default 'public' check (subject_type in ('public', 'pairwise')),
  sector_identifier_uri text,
  require_auth_time boolean not null default false,
  default_max_age integer check (default_max_age >= 0),
  initiate_login_uri text,
  request_uris text[] not null default '{}',
  application_type text not null default 'web' check (application_type in ('web', 'native')),
  access_token_lifetime integer check (access_token_lifetime > 0),
  refresh_token_lifetime integer check (refresh_token_lifetime > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null default 1
);
create index oauth_clients_newest on oauth_clients (created_at desc, id desc);

create table client_secrets (
  id uuid primary key,
  client uuid not null references oauth_clients (id) on delete cascade,
  secret_hash text not null,
  created_at timestamptz not null,
  expires_at timestamptz
);
create index client_secrets_client on client_secrets (client);

create table sessions (
  id uuid primary key,
  secret_hash text not null unique,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  auth_time timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  acr text not null,
  amr text[] not null,
  ip text,
  user_agent text
) with (fillfactor = 75);
create index sessions_user on sessions (user_id, created_at desc);
create index sessions_expiry on sessions (expires_at);

create table consents (
  user_id uuid not null references users (id) on delete cascade,
  client_id varchar(255) not null references oauth_clients (client_id) on delete cascade on update cascade,
  scopes text[] not null,
  granted_at timestamptz not null,
  primary key (user_id, client_id)
);

-- What one login allowed one client to do. Every code and token of it dies with it.
create table grants (
  id uuid primary key,
  client_id varchar(255) not null,
  user_id uuid references users (id) on delete cascade,
  session_id uuid,
  scopes text[] not null,
  resources text[] not null default '{}',
  claims jsonb,
  method text not null,
  auth_time timestamptz,
  acr text,
  amr text[] not null default '{}',
  nonce text,
  offline boolean not null default false,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text
);
create index grants_user on grants (user_id, created_at desc) where user_id is not null;
create index grants_session on grants (session_id) where session_id is not null;
create index grants_client on grants (client_id);
create index grants_expiry on grants (expires_at);

create table authorization_codes (
  code_hash text primary key,
  grant_id uuid not null,
  client_id varchar(255) not null,
  redirect_uri text not null,
  code_challenge text,
  nonce text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz
) with (fillfactor = 50);
create index authorization_codes_expiry on authorization_codes (expires_at);

create table refresh_tokens (
  token_hash text primary key,
  grant_id uuid not null,
  generation integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  successor_hash text,
  -- the answer that handed out this token, sealed, for a repeat of the request before it within the grace window; it goes
  -- when this token is used, because from then on the one before is not answered again
  answer bytea,
  answer_key text
) with (fillfactor = 75);
create index refresh_tokens_grant on refresh_tokens (grant_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- One partition a day of expiry: old days are dropped whole. The default partition catches what no day covers.
create table access_tokens (
  jti text not null,
  expires_at timestamptz not null,
  token_hash text not null,
  grant_id uuid,
  client_id varchar(255) not null,
  user_id uuid,
  scopes text[] not null,
  issued_at timestamptz not null,
  revoked_at timestamptz,
  primary key (jti, expires_at)
) partition by range (expires_at);
create table access_tokens_default partition of access_tokens default;
create index access_tokens_default_expiry on access_tokens_default (expires_at);
create index access_tokens_user on access_tokens (user_id, issued_at desc) where user_id is not null;

-- An authorization request that waits for a person: to sign in, to consent.
create table interactions (
  id_hash text primary key,
  browser_hash text,
  request jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  completed_at timestamptz
) with (fillfactor = 50);
create index interactions_expiry on interactions (expires_at);

create table device_codes (
  device_code_hash text primary key,
  user_code text not null unique,
  client_id varchar(255) not null,
  scopes text[] not null,
  resources text[] not null default '{}',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  interval_seconds integer not null,
  last_polled_at timestamptz,
  status text not null check (status in ('pending', 'approved', 'denied', 'redeemed')),
  grant_id uuid,
  ip text,
  user_agent text
) with (fillfactor = 50);
create index device_codes_expiry on device_codes (expires_at);

create table api_keys (
  id text primary key,
  key_hash text not null unique,
  hint text not null,
  name varchar(255) not null,
  user_id uuid references users (id) on delete cascade,
  client_id varchar(255) references oauth_clients (client_id) on delete cascade on update cascade,
  scopes text[] not null,
  created_at timestamptz not null,
  created_by text,
  expires_at timestamptz,
  last_used_at timestamptz,
  last_used_ip text,
  revoked_at timestamptz,
  rotated_from text,
  check ((user_id is null) <> (client_id is null))
);
create index api_keys_user on api_keys (user_id, created_at desc) where user_id is not null;
create index api_keys_client on api_keys (client_id, created_at desc) where client_id is not null;

create table signing_keys (
  kid text primary key,
  algorithm text not null,
  public_jwk jsonb not null,
  private_sealed bytea not null,
  created_at timestamptz not null,
  -- announced in the JWKS from created_at, signs from active_at until retired_at, leaves the JWKS at expires_at
  active_at timestamptz not null,
  retired_at timestamptz,
  expires_at timestamptz
);

create table replay_marks (
  id_hash text primary key,
  expires_at timestamptz not null,
  marked_at timestamptz not null
);
create index replay_marks_expiry on replay_marks (expires_at);

-- Counts of the last minutes: not worth a wait for the disk, and empty after a crash.
create unlogged table rate_limits (
  key text primary key,
  points integer not null,
  expires_at timestamptz not null
) with (fillfactor = 50);
create index rate_limits_expiry on rate_limits (expires_at);

create table idempotency_keys (
  actor text not null,
  key varchar(255) not null,
  request_hash text not null,
  status integer,
  answer bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (actor, key)
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);

-- Append-only and hash-chained: seq has no gaps, hash covers the row and the hash before it.
create table audit_events (
  seq bigint primary key,
  at timestamptz not null,
  action text not null,
  outcome text not null check (outcome in ('success', 'failure')),
  actor_type text not null check (actor_type in ('user', 'client', 'system', 'anonymous')),
  actor_id text,
  actor_name text,
  client_id text,
  target_type text,
  target_id text,
  ip text,
  user_agent text,
  request_id text,
  details jsonb not null default '{}',
  previous_hash text not null,
  hash text not null
);
create index audit_events_at on audit_events (at);
create index audit_events_action on audit_events (action, seq desc);
create index audit_events_actor on audit_events (actor_id, seq desc) where actor_id is not null;
create index audit_events_target on audit_events (target_id, seq desc) where target_id is not null;

create function authly_audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit_events is append-only';
end
$$;
create trigger audit_events_append_only before update or delete on audit_events
  for each row execute function authly_audit_is_append_only();
create trigger audit_events_not_emptied before truncate on audit_events
  for each statement execute function authly_audit_is_append_only();

-- The end of the chain. Whoever appends locks this row; a log that was cut off at the end does not match it.
create table audit_head (
  id integer primary key default 1 check (id = 1),
  seq bigint not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, repeat('0', 64));

-- Snapshots in every process are thrown away when these tables change.
create function authly_announce_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('authly_changed', tg_table_name);
  return null;
end
$$;
create trigger oauth_clients_changed after insert or update or delete on oauth_clients
  for each statement execute function authly_announce_change();
create trigger client_secrets_changed after insert or update or delete on client_secrets
  for each statement execute function authly_announce_change();
create trigger oauth_scopes_changed after insert or update or delete on oauth_scopes
  for each statement execute function authly_announce_change();
create trigger signing_keys_changed after insert or update or delete on signing_keys
  for each statement execute function authly_announce_change();
