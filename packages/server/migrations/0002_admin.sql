-- What lists of a million users need. Nothing here is touched by a sign-in, which changes no column of an index.

do $$
begin
  create extension if not exists pg_trgm;
exception when insufficient_privilege or feature_not_supported or undefined_file then
  raise exception 'Searching for users needs the PostgreSQL extension pg_trgm, which this role cannot add: let an administrator of PostgreSQL run "create extension pg_trgm" in this database once, then start again. (%)', sqlerrm;
end
$$;

-- Parts of texts, whatever the case; places whole.
create index users_texts on users using gin (
  lower(username) gin_trgm_ops, lower(email) gin_trgm_ops, lower(given_name) gin_trgm_ops, lower(family_name) gin_trgm_ops,
  locale gin_trgm_ops, zoneinfo gin_trgm_ops
);

-- The four flags as one number, so that one index answers every combination of them.
alter table users add column flags smallint not null generated always as (
  (is_active::integer + 2 * is_verified::integer + 4 * is_admin::integer + 8 * requires_password_change::integer)::smallint
) stored;
create index users_flags on users (flags, created_at desc, id desc);

-- Room for a sign-in beside the row that it changes.
alter table users set (fillfactor = 85);

-- Nobody signs in before there is an account: a list of those who did not sign in after a time need not look at newer accounts.
alter table users add constraint users_last_login check (last_login >= created_at);

-- Tokens that a client got for itself, to end them with it.
create index access_tokens_own on access_tokens (client_id) where grant_id is null;
