/** A sample of the users, which says where in the list the matches lie when the planner's guess was wrong. */
import { createdConditions, rowConditions } from './conditions.js';
import type { Range } from './index/blocks.js';
import type { Search } from './search.js';
import { joined, piece, statement } from './statement.js';

export interface SampledMatches {
  /** About how many there are. */
  readonly expected: number;
  /** Tells whether a stretch that was thought to hold so many matches surely holds fewer, or many more. */
  contradicts(thought: number, stretch: Range): boolean;
  /** The second in which a stretch should begin that ends at `edge` and holds some matches; lower than all when it needs all. */
  target(missing: number, edge: number): number;
}

/**
 * One row of each of some pages of the table, which lie evenly in it, and so nearly evenly in the list: whole pages would be people
 * who came together. Not always the same row: numbered people could be of one kind at all beginnings of pages.
 */
export async function sampledMatches({ pool, filter, statistics }: Search): Promise<SampledMatches> {
  const [sample] = await pool.query<{ rows: number; seconds: readonly number[] | null }>(
    statement(
      piece(`select count(*)::float8 as rows,
                    array_agg(floor(date_part('epoch', d.created_at)) order by d.created_at desc) filter (where`),
      joined([...rowConditions(filter), ...createdConditions(filter)], ' and '),
      piece(
        `) as seconds
          from user_directory d
         where d.ctid = any(array(
           select format('(%s,%s)', page, 1 + (hashint8(page) & 31))::tid
             from (select pg_relation_size('user_directory') / current_setting('block_size')::bigint as pages) size,
                  generate_series(0, pages - 1, greatest(pages / ?, 1)) page))`,
        PAGES,
      ),
    ),
  );
  const { rows, seconds } = { rows: sample?.rows ?? 0, seconds: sample?.seconds ?? [] };
  const share = rows / Math.max(statistics.users, rows, 1);
  return {
    expected: share === 0 ? 0 : seconds.length / share,
    contradicts(thought, { from, to }) {
      const held = seconds.filter((second) => second >= from && second < to).length;
      const spread = AMPLY * Math.sqrt(thought * share);
      return held < thought * share - spread || held > 2 * thought * share + spread;
    },
    target(missing, edge) {
      const wanted = missing * share;
      const behind = seconds.filter((second) => second < edge);
      return behind[Math.ceil(wanted + AMPLY * Math.sqrt(wanted))] ?? Number.NEGATIVE_INFINITY;
    },
  };
}

const PAGES = 2000;
/** Standard deviations by which a sample may err. */
const AMPLY = 2;
