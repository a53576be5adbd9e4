-- What happens later: a job is stored in the transaction that wants it, and done by whichever process comes first.
create table jobs (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  payload jsonb not null,
  -- a job that comes again and again has a name, once in the whole installation
  name text unique,
  every_seconds integer,
  created_at timestamptz not null default now(),
  run_at timestamptz not null default now(),
  attempts integer not null default 0,
  -- who works at it has until then; afterwards another may
  leased_until timestamptz,
  last_error text,
  -- given up; kept for a month, for somebody to look at
  dead_at timestamptz,
  check ((name is null) = (every_seconds is null))
);
create index jobs_due on jobs (run_at) where dead_at is null;
create index jobs_dead on jobs (dead_at) where dead_at is not null;
create trigger jobs_changed after insert on jobs
  for each statement execute function authly_announce_change();
