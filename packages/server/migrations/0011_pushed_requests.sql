-- Authorization requests that clients pushed before they send a person here (RFC 9126). The whole checked request is kept; the address
-- that stands for it is known by its hash alone.
create table pushed_requests (
  hash text collate "C" primary key,
  client_id varchar(255) not null,
  request jsonb not null,
  created_at timestamptz not null,
  -- a login must begin before
  expires_at timestamptz not null,
  -- when a code was issued for it
  used_at timestamptz
) with (fillfactor = 50);
create index pushed_requests_expiry on pushed_requests (expires_at);
