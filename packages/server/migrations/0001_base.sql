-- Users, clients, sessions, grants, tokens, keys, audit. Times are UTC and come from the application's clock.
-- Hashes and other keys that are no words are compared as bytes (collate "C"), whatever the language of the database.
-- fillfactor: rows that are changed soon after they were made find room for their new version on the same page.

create table users (
  id uuid primary key,
  username varchar(64) not null,
  email varchar(255) not null,
  password_hash text not null,
  password_changed_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_login timestamptz,
  is_active boolean not null default true,
  is_verified boolean not null default false,
  is_admin boolean not null default false,
  -- made by registration, and no administrator has given the e-mail address since
  self_registered boolean not null default false,
  requires_password_change boolean not null default false,
  -- grows whenever the logins of the person are ended: a login that began before it grew is not stored any more
  login_epoch integer not null default 0,
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
-- An address that nobody but a stranger has given is not theirs to keep: its owner, and any other stranger, may give it too.
create unique index users_email on users (lower(email)) where is_verified or not self_registered;

-- How a name looks to somebody who does not look twice: Admin and adm1n, paypal and PayPaI are the same.
create function authly_look(name text) returns text language sql immutable parallel safe
as $$ select replace(replace(translate(lower(name), 'i10', 'llo'), 'rn', 'm'), 'vv', 'w') $$;
create index users_look on users (authly_look(username));
create index users_preferred_look on users (authly_look(preferred_username)) where preferred_username is not null;
create index users_newest on users (created_at desc, id desc);
create index users_admins on users (id) where is_admin and is_active;

-- Addresses and browsers in which a person has signed in, as keyed hashes: strangers elsewhere cannot use up what may be tried here.
create table sign_in_places (
  user_id uuid not null references users (id) on delete cascade,
  place text not null,
  seen_at timestamptz not null,
  primary key (user_id, place)
);

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
  scopes text[] not null default '{}',
  -- by the names of RFC 7591; a field that is not there has its default
  metadata jsonb not null default '{}',
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
  secret_hash text collate "C" not null unique,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  auth_time timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  acr text not null,
  amr text[] not null,
  login_epoch integer not null default 0,
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
  offline boolean not null default false,
  login_epoch integer not null default 0,
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
  code_hash text collate "C" primary key,
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
  token_hash text collate "C" primary key,
  grant_id uuid not null,
  generation integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  successor_hash text,
  -- the answer that handed out this token, sealed, for a repeat of the request before it within the grace window; it goes
  -- when this token is used, because from then on the one before is not answered again; kept in the row: what is sealed cannot be
  -- compressed, and another table and index for it cost a sixth of a refresh
  answer bytea,
  answer_key text
) with (fillfactor = 75, toast_tuple_target = 8160);
create index refresh_tokens_grant on refresh_tokens (grant_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- One partition a day of expiry: old days are dropped whole. The default partition catches what no day covers.
create table access_tokens (
  jti text collate "C" not null,
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
  id_hash text collate "C" primary key,
  browser_hash text,
  request jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  completed_at timestamptz
) with (fillfactor = 50);
create index interactions_expiry on interactions (expires_at);

create table device_codes (
  device_code_hash text collate "C" primary key,
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
  key_hash text collate "C" not null unique,
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
  expires_at timestamptz,
  -- nothing that it signed is trusted any more
  withdrawn_at timestamptz
);

-- The installation's own keys, sealed: what is made with them is stored or told to others and must never change.
create table lasting_keys (
  name text primary key,
  secret_sealed bytea not null
);

create table replay_marks (
  id_hash text collate "C" primary key,
  expires_at timestamptz not null,
  marked_at timestamptz not null
);
create index replay_marks_expiry on replay_marks (expires_at);

-- Counts of the last minutes: not worth a wait for the disk, and empty after a crash.
create unlogged table rate_limits (
  key text collate "C" primary key,
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

-- The audit log. Events are plain inserts: seq says in which order they were written, and may have gaps. What has been committed is
-- sealed in batches, in audit_seals.
create table audit_events (
  seq bigint generated by default as identity primary key,
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
  details jsonb not null default '{}'
);
-- Events come in the order of their times, so the smallest and largest time of each stretch of the table are enough.
create index audit_events_at on audit_events using brin (at) with (autosummarize = on);
-- Every index costs as much as a fifth of the insert, so what is written most is in few of them: who looks for one of the two actions finds
-- them without, and machines have no page that shows what they did.
create index audit_events_action on audit_events (action, seq desc) where action <> 'token.issued' and action <> 'token.refreshed';
create index audit_events_actor on audit_events (actor_id, seq desc) where actor_type = 'user';
create index audit_events_target on audit_events (target_id, seq desc) where target_id is not null;
create index audit_events_request on audit_events (request_id, seq desc) where request_id is not null;
create index audit_events_ip on audit_events (ip, seq desc) where ip is not null;

-- What a seal keeps of an event: SHA-256 of everything that it says.
create function authly_audit_digest(e audit_events) returns bytea language sql stable as $$
  select sha256(convert_to(jsonb_build_array(
    e.seq, (extract(epoch from e.at) * 1000000)::bigint, e.action, e.outcome, e.actor_type, e.actor_id, e.actor_name, e.client_id,
    e.target_type, e.target_id, e.ip, e.user_agent, e.request_id, e.details)::text, 'UTF8'))
$$;

-- A seal covers the events after after_seq up to through_seq: exactly these, with exactly these digests. Its hash covers them and the
-- seal before it.
create table audit_seals (
  number bigint primary key,
  after_seq bigint not null,
  through_seq bigint not null,
  seqs bigint[] not null,
  digests bytea[] not null,
  sealed_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null
);
create index audit_seals_through on audit_seals (through_seq);

create function authly_audit_seal_hash(s audit_seals) returns bytea language sql stable as $$
  select sha256(
    s.previous_hash || int8send(s.number) || int8send(s.after_seq) || int8send(s.through_seq)
    || int8send((extract(epoch from s.sealed_at) * 1000000)::bigint)
    || coalesce((select string_agg(int8send(l.seq) || l.digest, '' order by l.place)
                   from unnest(s.seqs, s.digests) with ordinality as l(seq, digest, place)), ''))
$$;

-- Where the log ends, by the last seal, and after which seal it begins: 0, or the last one that retention has removed, made at start_at.
-- mac covers the whole row; its key is not in the database, so that whoever can only write here can make no other end.
create table audit_head (
  id integer primary key default 1 check (id = 1),
  seal bigint not null,
  seq bigint not null,
  hash bytea not null,
  start_seal bigint not null,
  start_seq bigint not null,
  start_hash bytea not null,
  start_at timestamptz,
  mac bytea
);
insert into audit_head (seal, seq, hash, start_seal, start_seq, start_hash)
  values (0, 0, sha256(''), 0, 0, sha256(''));

-- Nothing may happen unrecorded, nor be recorded where no seal can ever cover it.
create function authly_audit_needs_head() returns trigger language plpgsql as $$
begin
  if not exists (select from audit_head) then
    raise exception 'the audit log has lost its head (table audit_head): nothing can be recorded until it is restored'
      using errcode = 'AU001';
  end if;
  return null;
end
$$;
create trigger audit_events_need_head before insert on audit_events
  for each statement execute function authly_audit_needs_head();

-- Only what lies before the beginning of the log may be removed: retention moves the beginning first.
create function authly_audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end
$$;
create function authly_audit_keeps_events() returns trigger language plpgsql as $$
begin
  if exists (select from removed where seq > coalesce((select start_seq from audit_head), 0)) then
    raise exception 'audit_events is append-only';
  end if;
  return null;
end
$$;
create function authly_audit_keeps_seals() returns trigger language plpgsql as $$
begin
  if exists (select from removed where number > coalesce((select start_seal from audit_head), 0)) then
    raise exception 'audit_seals is append-only';
  end if;
  return null;
end
$$;
create trigger audit_events_unchanged before update on audit_events
  for each row execute function authly_audit_is_append_only();
create trigger audit_events_kept after delete on audit_events referencing old table as removed
  for each statement execute function authly_audit_keeps_events();
create trigger audit_events_not_emptied before truncate on audit_events
  for each statement execute function authly_audit_is_append_only();
create trigger audit_seals_unchanged before update on audit_seals
  for each row execute function authly_audit_is_append_only();
create trigger audit_seals_kept after delete on audit_seals referencing old table as removed
  for each statement execute function authly_audit_keeps_seals();
create trigger audit_seals_not_emptied before truncate on audit_seals
  for each statement execute function authly_audit_is_append_only();

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
