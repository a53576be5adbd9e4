-- Second factors: an app for codes, and recovery codes.

create table totp_apps (
  user_id uuid primary key references users (id) on delete cascade,
  id uuid not null unique,
  secret_sealed bytea not null,
  enabled_at timestamptz not null,
  -- the last time step whose code was used; neither it nor an earlier one counts again
  last_step bigint not null,
  -- the recovery codes that count; those of other sets are of the past
  recovery_set uuid not null,
  recovery_made_at timestamptz not null
) with (fillfactor = 75);
-- by the master key of the seal: what is to be sealed anew when that key is changed
create index totp_apps_seal on totp_apps (substring(secret_sealed from 1 for 5));

-- An app whose secret is shown but has not given a code yet. It stops nobody from signing in.
create table totp_setups (
  user_id uuid primary key references users (id) on delete cascade,
  id uuid not null unique,
  secret_sealed bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index totp_setups_expiry on totp_setups (expires_at);

create table recovery_codes (
  set_id uuid not null,
  code_hash text not null,
  user_id uuid not null references totp_apps (user_id) on delete cascade,
  used_at timestamptz,
  primary key (set_id, code_hash)
) with (fillfactor = 75);
create index recovery_codes_user on recovery_codes (user_id);

-- The password was right in this browser; the second factor is still missing.
create table pending_sign_ins (
  id_hash text collate "C" primary key,
  browser_hash text not null,
  user_id uuid not null references users (id) on delete cascade,
  login_epoch integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  completed_at timestamptz
) with (fillfactor = 50);
create index pending_sign_ins_expiry on pending_sign_ins (expires_at);
