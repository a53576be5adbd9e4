-- With which an administrator lets others register clients. Those that registered with one are never swept away.
create table registration_tokens (
  id uuid primary key,
  token_hash text collate "C" not null unique,
  uses_left integer not null check (uses_left >= 0),
  created_at timestamptz not null,
  created_by text,
  expires_at timestamptz not null
);
create index registration_tokens_expiry on registration_tokens (expires_at);
