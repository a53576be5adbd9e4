-- What lists of a million users need: any page and any filter without a scan, and counts that are kept, not made.

-- Trusted since PostgreSQL 13: the owner of the database may create it.
create extension if not exists pg_trgm;

-- The four flags as one number, so that one index answers every combination of them.
alter table users add column flags smallint not null generated always as (
  (is_active::integer + 2 * is_verified::integer + 4 * is_admin::integer + 8 * requires_password_change::integer)::smallint
) stored;
create index users_flags on users (flags, created_at, id);

-- Parts of names, whatever the case.
create index users_username_parts on users using gin (username gin_trgm_ops);
create index users_email_parts on users using gin (email gin_trgm_ops);
create index users_given_name_parts on users using gin (given_name gin_trgm_ops) where given_name is not null;
create index users_family_name_parts on users using gin (family_name gin_trgm_ops) where family_name is not null;
create index users_locale on users (locale, created_at desc, id desc) where locale is not null;
create index users_zoneinfo on users (zoneinfo, created_at desc, id desc) where zoneinfo is not null;

-- When people signed in, beside their rows: a sign-in then changes no index of users, which has many.
create table user_logins (
  user_id uuid primary key references users (id) on delete cascade,
  created_at timestamptz not null,
  last_login timestamptz not null
);
create index user_logins_last on user_logins (last_login, created_at, user_id);
alter table users set (fillfactor = 85);
alter table user_logins set (fillfactor = 85);

-- How many users were created in each day (level 0) and in each hour (level 1), by their flags. Sums over it give totals, and the
-- place where a page begins, however deep it is.
create table user_counts (
  level smallint not null,
  start timestamptz not null,
  flags smallint not null,
  users bigint not null,
  primary key (level, start, flags)
);

create function authly_user_buckets(created timestamptz) returns table (level smallint, start timestamptz)
language sql immutable parallel safe as $$
  select 0::smallint, date_bin('1 day', created, '2000-01-01T00:00:00Z')
  union all
  select 1::smallint, date_bin('1 hour', created, '2000-01-01T00:00:00Z')
$$;

-- Rows are locked in the order of their key, so that two statements never wait for each other in a circle.
create function authly_count_users_added() returns trigger language plpgsql as $$
begin
  insert into user_counts as c (level, start, flags, users)
  select b.level, b.start, a.flags, count(*) from added a cross join lateral authly_user_buckets(a.created_at) b
   group by 1, 2, 3 order by 1, 2, 3
      on conflict (level, start, flags) do update set users = c.users + excluded.users;
  insert into user_logins (user_id, created_at, last_login)
  select a.id, a.created_at, a.last_login from added a where a.last_login is not null;
  return null;
end
$$;
create function authly_count_users_removed() returns trigger language plpgsql as $$
begin
  insert into user_counts as c (level, start, flags, users)
  select b.level, b.start, r.flags, -count(*) from removed r cross join lateral authly_user_buckets(r.created_at) b
   group by 1, 2, 3 order by 1, 2, 3
      on conflict (level, start, flags) do update set users = c.users + excluded.users;
  return null;
end
$$;
create function authly_count_user_changed() returns trigger language plpgsql as $$
begin
  insert into user_counts as c (level, start, flags, users)
  select b.level, b.start, v.flags, sum(v.change)
    from (values (old.created_at, old.flags, -1), (new.created_at, new.flags, 1)) as v(created_at, flags, change)
         cross join lateral authly_user_buckets(v.created_at) b
   group by 1, 2, 3 order by 1, 2, 3
      on conflict (level, start, flags) do update set users = c.users + excluded.users;
  return null;
end
$$;
create function authly_note_login() returns trigger language plpgsql as $$
begin
  if new.last_login is null then
    delete from user_logins where user_id = new.id;
  else
    insert into user_logins as l (user_id, created_at, last_login) values (new.id, new.created_at, new.last_login)
        on conflict (user_id) do update set created_at = excluded.created_at, last_login = excluded.last_login;
  end if;
  return null;
end
$$;
create function authly_count_users_emptied() returns trigger language plpgsql as $$
begin
  delete from user_counts;
  return null;
end
$$;

-- One statement that adds a million users counts them once. Changes come one by one, and nearly all of them (a sign-in) leave
-- the flags alone and never call that function.
create trigger users_count_added after insert on users referencing new table as added
  for each statement execute function authly_count_users_added();
create trigger users_count_removed after delete on users referencing old table as removed
  for each statement execute function authly_count_users_removed();
create trigger users_count_changed after update on users for each row
  when (old.flags is distinct from new.flags or old.created_at is distinct from new.created_at)
  execute function authly_count_user_changed();
create trigger users_note_login after update on users for each row
  when (old.last_login is distinct from new.last_login or old.created_at is distinct from new.created_at)
  execute function authly_note_login();
create trigger users_count_emptied after truncate on users
  for each statement execute function authly_count_users_emptied();

insert into user_counts (level, start, flags, users)
select b.level, b.start, u.flags, count(*) from users u cross join lateral authly_user_buckets(u.created_at) b group by 1, 2, 3;
insert into user_logins (user_id, created_at, last_login)
select id, created_at, last_login from users where last_login is not null;

-- Tokens that a client got for itself, to end them with it.
create index access_tokens_own on access_tokens (client_id) where grant_id is null;

-- The log by place in the chain, for filters that the first indexes do not cover.
create index audit_events_request on audit_events (request_id, seq desc) where request_id is not null;
create index audit_events_ip on audit_events (ip, seq desc) where ip is not null;
