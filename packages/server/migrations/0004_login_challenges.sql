-- Logins in first-party programs.

-- The code of such a login goes straight to the program: there is no address to send it to.
alter table authorization_codes alter column redirect_uri drop not null;

-- The password was right; a second factor is still missing.
create table login_challenges (
  session_hash text collate "C" primary key,
  client_id varchar(255) not null,
  user_id uuid not null,
  login_epoch integer not null default 0,
  question jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  attempts integer not null default 0,
  completed_at timestamptz
) with (fillfactor = 50);
create index login_challenges_expiry on login_challenges (expires_at);
