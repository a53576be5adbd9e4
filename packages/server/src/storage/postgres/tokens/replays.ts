import type { ReplayStore } from '../../../ports/store/tokens/replays.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import type { Pool } from '../pool.js';
import { sql, times } from '../sql.js';

// @check 117, 275
export function replays(pool: Pool): ReplayStore & Flushable {
  const marks = groupCommit<Mark, boolean>({ write: (rows) => store(pool, rows) });
  return {
    claim: (idHash, expiresAt, now) => marks.add({ idHash, expiresAt, now }),
    flush: () => marks.flush(),
  };
}

interface Mark {
  readonly idHash: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** A mark that has run out counts as none. Within a batch the first of two equal marks wins. */
async function store(pool: Pool, marks: readonly Mark[]): Promise<readonly boolean[]> {
  const firsts = new Map<string, Mark>();
  for (const mark of marks) if (!firsts.has(mark.idHash)) firsts.set(mark.idHash, mark);
  const unique = [...firsts.values()];
  // in the order of the ids, so that two nodes with the same marks wait for each other and never deadlock
  const rows = await pool.query<{ id_hash: string }>(sql`
    insert into replay_marks as m (id_hash, expires_at, marked_at)
    select id_hash, expires_at, marked_at
      from unnest((select ${unique.map((mark) => mark.idHash)}::text[]),
                  (select ${times(unique.map((mark) => mark.expiresAt))}::timestamptz[]),
                  (select ${times(unique.map((mark) => mark.now))}::timestamptz[])) as r(id_hash, expires_at, marked_at)
     order by id_hash
        on conflict (id_hash) do update set expires_at = excluded.expires_at, marked_at = excluded.marked_at
     where m.expires_at <= excluded.marked_at
    returning m.id_hash`);
  const stored = new Set(rows.map((row) => row.id_hash));
  return marks.map((mark) => firsts.get(mark.idHash) === mark && stored.has(mark.idHash));
}
