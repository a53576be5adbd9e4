-- Clients that no administrator made: that registered themselves, or whose id is the address of a document about them.
alter table oauth_clients
  add column origin text not null default 'admin' check (origin in ('admin', 'registered', 'document')),
  -- with which it manages its own registration
  add column registration_token_hash text,
  -- the last time that it got tokens; by the day is enough
  add column last_used_at timestamptz,
  -- an administrator handed out what it registered with: it is never swept away
  add column is_vouched_for boolean not null default false;
create index oauth_clients_leftover on oauth_clients (created_at) where origin <> 'admin';
