/** Some of the users, kept in memory: good enough to choose a way, never to answer. */
import type { Pool } from '../../../../pool.js';
import { type Statement, sql, text } from '../../../../sql.js';
import { ALL_KINDS, countAll } from '../../user-counts.js';
import { Texts } from './texts.js';

/** Columns of the directory, newest users first. */
export interface UserSample {
  /** How many users there are. */
  readonly users: number;
  /** How many of them are in the sample. */
  readonly size: number;
  readonly texts: Readonly<Record<TextColumn, Texts>>;
  readonly locale: readonly (string | null)[];
  readonly zoneinfo: readonly (string | null)[];
  readonly flags: readonly number[];
  readonly login_hour: readonly (number | null)[];
  /** Of the creation, counted from 1970. */
  readonly second: readonly number[];
}

export type TextColumn = 'username' | 'email' | 'given_name' | 'family_name';

const KEPT_MS = 60_000;

/**
 * A sample of about `size` users. It is read again when it is a minute old, while the old one goes on to serve: only the first
 * search waits for it.
 */
export function userSample(
  pool: Pool,
  size: number,
  now: () => number = () => performance.now(),
): () => Promise<UserSample> {
  let kept: { readonly sample: UserSample; readonly until: number } | undefined;
  let reading: Promise<UserSample> | undefined;
  const refresh = async (): Promise<UserSample> => {
    try {
      const sample = await readSample(pool, size);
      kept = { sample, until: now() + KEPT_MS };
      return sample;
    } finally {
      reading = undefined;
    }
  };
  return async () => {
    if (kept !== undefined && now() < kept.until) return kept.sample;
    reading ??= refresh();
    if (kept === undefined) return await reading;
    // The old one is as good until the next search; that one tries again.
    reading.catch(() => undefined);
    return kept.sample;
  };
}

type Columns = Readonly<Record<TextColumn, readonly (string | null)[]>> & Omit<UserSample, 'users' | 'size' | 'texts'>;

async function readSample(pool: Pool, size: number): Promise<UserSample> {
  const users = await countAll(pool, ALL_KINDS);
  const [row] = await pool.query<Columns>(users <= size ? sql`select ${COLUMNS} from ${EVERYBODY}` : someOf(size));
  if (row === undefined) throw new Error('an aggregate without a row');
  const { username, email, given_name, family_name, ...columns } = row;
  const texts = {
    username: new Texts(username),
    email: new Texts(email),
    given_name: new Texts(given_name),
    family_name: new Texts(family_name),
  };
  return { ...columns, users, size: columns.second.length, texts };
}

const COLUMNS = text`
  coalesce(json_agg(d.username), '[]') as username, coalesce(json_agg(d.email), '[]') as email,
  coalesce(json_agg(d.given_name), '[]') as given_name, coalesce(json_agg(d.family_name), '[]') as family_name,
  coalesce(json_agg(d.locale), '[]') as locale, coalesce(json_agg(d.zoneinfo), '[]') as zoneinfo,
  coalesce(json_agg(d.flags), '[]') as flags, coalesce(json_agg(d.login_hour), '[]') as login_hour,
  coalesce(json_agg(authly_second(d.created_at)), '[]') as second`;
const EVERYBODY = text`(select * from user_directory order by created_at desc) d`;

/**
 * Rows that lie evenly in the table, and so nearly evenly in the list; not whole pages, which would be people who came together.
 * Not always the same row of a page: numbered people could be of one kind at all beginnings of pages.
 */
function someOf(size: number): Statement {
  return sql`
    select ${COLUMNS} from (
      select * from user_directory
       where ctid = any(array(
         select format('(%s,%s)', number * pages / ${size}::bigint, 1 + (hashint8(number) & 31))::tid
           from (select pg_relation_size('user_directory') / current_setting('block_size')::bigint as pages) in_table,
                generate_series(0::bigint, ${size}::bigint - 1) number))
       order by created_at desc
    ) d`;
}
