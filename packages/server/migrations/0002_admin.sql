-- What lists of a million users need: any page and any filter without a scan, and counts that are kept, not made.

-- The four flags as one number, so that one index answers every combination of them.
alter table users add column flags smallint not null generated always as (
  (is_active::integer + 2 * is_verified::integer + 4 * is_admin::integer + 8 * requires_password_change::integer)::smallint
) stored;
create index users_flags on users (flags, created_at, id);

alter table users set (fillfactor = 85);

-- Nobody signs in before there is an account: a list of those who did not sign in after a time need not look at newer accounts.
alter table users add constraint users_last_login check (last_login >= created_at);

-- What lists search for, beside the users and narrow: in small letters, compared as bytes, and touched by no sign-in but the first
-- of an hour. Rows lie in the order in which people came, which is nearly the order of the lists; the room left in each page keeps
-- it so.
create table user_directory (
  user_id uuid not null,
  created_at timestamptz not null,
  flags smallint not null,
  username text collate "C" not null,
  email text collate "C" not null,
  given_name text collate "C",
  family_name text collate "C",
  locale text collate "C",
  zoneinfo text collate "C",
  -- In hours since 1970.
  login_hour integer
) with (fillfactor = 85);
create unique index user_directory_order on user_directory (created_at desc, user_id desc);

-- Every letter of a text, every two and every three that stand together. (The odd letters at the end of most of the lists do no
-- harm.)
create function authly_parts(value text) returns text[] language sql immutable parallel safe
return string_to_array(value, null)
       || string_to_array(regexp_replace(translate(value, E'\x01', ' '), '..', E'\\&\x01', 'g'), E'\x01')
       || string_to_array(regexp_replace(substr(translate(value, E'\x01', ' '), 2), '..', E'\\&\x01', 'g'), E'\x01')
       || string_to_array(regexp_replace(translate(value, E'\x01', ' '), '...', E'\\&\x01', 'g'), E'\x01')
       || string_to_array(regexp_replace(substr(translate(value, E'\x01', ' '), 2), '...', E'\\&\x01', 'g'), E'\x01')
       || string_to_array(regexp_replace(substr(translate(value, E'\x01', ' '), 3), '...', E'\\&\x01', 'g'), E'\x01');
-- Values that are searched for whole. The two places also together: each can be common where both are rare.
create function authly_places(locale text, zoneinfo text) returns text[] language sql immutable parallel safe as $$
  select array['l' || locale, 'z' || zoneinfo, 'b' || locale || ' ' || zoneinfo]
$$;
-- Seconds since 1970. These functions are single expressions of immutable parts, so that PostgreSQL puts them in their place
-- instead of calling them.
create function authly_second(at timestamptz) returns bigint language sql immutable parallel safe
return floor(date_part('epoch', at - timestamptz '1970-01-01 00:00:00+00'))::bigint;
-- The flags, and blocks of time of ten lengths, from 2^8 seconds to 2^26: so the index finds the matches of a stretch of the list.
create function authly_user_blocks(flags smallint, created timestamptz) returns bigint[]
language sql immutable parallel safe
return array[
  -1 - flags::bigint, (authly_second(created) >> 8) * 32 + 8, (authly_second(created) >> 10) * 32 + 10,
  (authly_second(created) >> 12) * 32 + 12, (authly_second(created) >> 14) * 32 + 14, (authly_second(created) >> 16) * 32 + 16,
  (authly_second(created) >> 18) * 32 + 18, (authly_second(created) >> 20) * 32 + 20, (authly_second(created) >> 22) * 32 + 22,
  (authly_second(created) >> 24) * 32 + 24, (authly_second(created) >> 26) * 32 + 26
];
create function authly_hour(at timestamptz) returns integer language sql immutable parallel safe
return floor(authly_second(at) / 3600.0)::integer;
-- A block of the hours of sign-ins, and the same together with the flags: both can be what half of all users have and nobody both.
create function authly_login_block(hour bigint, power integer) returns bigint language sql immutable parallel safe
return (hour >> power) * 32 + power;
create function authly_login_block(hour bigint, power integer, flags smallint) returns bigint language sql immutable parallel safe
return ((hour >> power) * 32 + power) * 16 + flags + (1::bigint << 50);
-- Blocks of eleven lengths, from one hour to 2^20.
create function authly_login_blocks(flags smallint, hour integer) returns bigint[] language sql immutable parallel safe
return case when hour is not null then array[
  authly_login_block(hour, 0), authly_login_block(hour, 2), authly_login_block(hour, 4), authly_login_block(hour, 6),
  authly_login_block(hour, 8), authly_login_block(hour, 10), authly_login_block(hour, 12), authly_login_block(hour, 14),
  authly_login_block(hour, 16), authly_login_block(hour, 18), authly_login_block(hour, 20),
  authly_login_block(hour, 0, flags), authly_login_block(hour, 2, flags), authly_login_block(hour, 4, flags),
  authly_login_block(hour, 6, flags), authly_login_block(hour, 8, flags), authly_login_block(hour, 10, flags),
  authly_login_block(hour, 12, flags), authly_login_block(hour, 14, flags), authly_login_block(hour, 16, flags),
  authly_login_block(hour, 18, flags), authly_login_block(hour, 20, flags)
] end;
-- One index for everything, because within one index conditions are met together: two common names that nobody has both cost
-- as little as their rarer one. Lists and not trigrams of PostgreSQL's own, because what those find has to be checked again, with
-- every condition that was asked beside them.
-- The conditions are met in this order, each where those before it are. The blocks of time come last: a stretch of the list is what
-- most rows of it are in, and to look for that first would be to look at all of them.
create index user_directory_search on user_directory using gin (
  authly_parts(username), authly_parts(email), authly_parts(given_name), authly_parts(family_name), authly_places(locale, zoneinfo),
  authly_login_blocks(flags, login_hour), authly_user_blocks(flags, created_at)
) with (gin_pending_list_limit = 256);
-- Nobody asks the planner how common these are; to count them would make each ANALYZE take seconds.
alter index user_directory_search alter column 1 set statistics 0;
alter index user_directory_search alter column 2 set statistics 0;
alter index user_directory_search alter column 3 set statistics 0;
alter index user_directory_search alter column 4 set statistics 0;
alter index user_directory_search alter column 5 set statistics 0;
alter index user_directory_search alter column 6 set statistics 0;
alter index user_directory_search alter column 7 set statistics 0;

-- When exactly people signed in, beside their rows: a sign-in then changes no index of users.
create table user_logins (
  user_id uuid not null,
  created_at timestamptz not null,
  last_login timestamptz not null
) with (fillfactor = 85);
create unique index user_logins_order on user_logins (created_at desc, user_id desc) include (last_login);
create index user_logins_last on user_logins (last_login, created_at, user_id);

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
create function authly_note_users_added() returns trigger language plpgsql as $$
begin
  insert into user_counts as c (level, start, flags, users)
  select b.level, b.start, a.flags, count(*) from added a cross join lateral authly_user_buckets(a.created_at) b
   group by 1, 2, 3 order by 1, 2, 3
      on conflict (level, start, flags) do update set users = c.users + excluded.users;
  insert into user_logins (user_id, created_at, last_login)
  select a.id, a.created_at, a.last_login from added a where a.last_login is not null;
  insert into user_directory (user_id, created_at, flags, username, email, given_name, family_name, locale, zoneinfo, login_hour)
  select a.id, a.created_at, a.flags, lower(a.username), lower(a.email), lower(a.given_name), lower(a.family_name), a.locale,
         a.zoneinfo, authly_hour(a.last_login)
    from added a order by a.created_at, a.id;
  return null;
end
$$;
create function authly_note_users_removed() returns trigger language plpgsql as $$
begin
  insert into user_counts as c (level, start, flags, users)
  select b.level, b.start, r.flags, -count(*) from removed r cross join lateral authly_user_buckets(r.created_at) b
   group by 1, 2, 3 order by 1, 2, 3
      on conflict (level, start, flags) do update set users = c.users + excluded.users;
  delete from user_logins l using removed r where l.created_at = r.created_at and l.user_id = r.id;
  delete from user_directory d using removed r where d.created_at = r.created_at and d.user_id = r.id;
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
-- The order of the list is the key of what lies beside the users.
create function authly_note_login() returns trigger language plpgsql as $$
begin
  if old.last_login is not null and (new.last_login is null or old.created_at <> new.created_at) then
    delete from user_logins where created_at = old.created_at and user_id = old.id;
  end if;
  if new.last_login is not null then
    insert into user_logins as l (user_id, created_at, last_login) values (new.id, new.created_at, new.last_login)
        on conflict (created_at, user_id) do update set last_login = excluded.last_login;
  end if;
  if authly_hour(old.last_login) is distinct from authly_hour(new.last_login) then
    update user_directory set login_hour = authly_hour(new.last_login)
     where created_at = new.created_at and user_id = new.id;
  end if;
  return null;
end
$$;
create function authly_correct_user() returns trigger language plpgsql as $$
begin
  update user_directory
     set created_at = new.created_at, flags = new.flags, username = lower(new.username), email = lower(new.email),
         given_name = lower(new.given_name), family_name = lower(new.family_name), locale = new.locale, zoneinfo = new.zoneinfo
   where created_at = old.created_at and user_id = old.id;
  return null;
end
$$;
create function authly_note_users_emptied() returns trigger language plpgsql as $$
begin
  truncate user_counts, user_directory, user_logins;
  return null;
end
$$;

-- One statement that adds a million users counts them once. Changes come one by one, and nearly all of them (a sign-in) leave
-- the flags and the names alone and never call those functions.
create trigger users_note_added after insert on users referencing new table as added
  for each statement execute function authly_note_users_added();
create trigger users_note_removed after delete on users referencing old table as removed
  for each statement execute function authly_note_users_removed();
create trigger users_count_changed after update on users for each row
  when (old.flags is distinct from new.flags or old.created_at is distinct from new.created_at)
  execute function authly_count_user_changed();
create trigger users_note_login after update on users for each row
  when (old.last_login is distinct from new.last_login or old.created_at is distinct from new.created_at)
  execute function authly_note_login();
create trigger users_correct after update on users for each row
  when ((old.created_at, old.flags, old.username, old.email, old.given_name, old.family_name, old.locale, old.zoneinfo)
        is distinct from
        (new.created_at, new.flags, new.username, new.email, new.given_name, new.family_name, new.locale, new.zoneinfo))
  execute function authly_correct_user();
create trigger users_note_emptied after truncate on users
  for each statement execute function authly_note_users_emptied();

insert into user_counts (level, start, flags, users)
select b.level, b.start, u.flags, count(*) from users u cross join lateral authly_user_buckets(u.created_at) b group by 1, 2, 3;
insert into user_logins (user_id, created_at, last_login)
select id, created_at, last_login from users where last_login is not null;
insert into user_directory (user_id, created_at, flags, username, email, given_name, family_name, locale, zoneinfo, login_hour)
select id, created_at, flags, lower(username), lower(email), lower(given_name), lower(family_name), locale, zoneinfo,
       authly_hour(last_login)
  from users order by created_at, id;

-- Tokens that a client got for itself, to end them with it.
create index access_tokens_own on access_tokens (client_id) where grant_id is null;

-- The log by place in the chain, for filters that the first indexes do not cover.
create index audit_events_request on audit_events (request_id, seq desc) where request_id is not null;
create index audit_events_ip on audit_events (ip, seq desc) where ip is not null;
