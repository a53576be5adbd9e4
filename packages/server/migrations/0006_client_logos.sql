-- The logos of clients, fetched once from the address that the client names, so that no browser of a person asks there.
create table client_logos (
  client uuid primary key references oauth_clients on delete cascade,
  -- where it is from; another address in the client makes it nobody's logo
  uri text not null,
  content_type text not null,
  body bytea not null check (length(body) <= 65536),
  -- the beginning of its SHA-256, in hexadecimal
  version text not null,
  fetched_at timestamptz not null default now()
);
create index client_logos_version on client_logos (version);
