import type { AuthorizationRequest, Interaction } from '../../../model/tokens/authorization-request.js';
import type { InteractionStore } from '../../../ports/store/tokens/interactions.js';
import { type Flushable, groupCommit } from '../group-commit.js';
import type { Pool } from '../pool.js';
import { json, sql } from '../sql.js';

export function interactions(pool: Pool): InteractionStore & Flushable {
  const added = groupCommit<Interaction>({ write: (rows) => store(pool, rows) });
  return {
    add: (interaction) => added.add(interaction),
    find: (idHash) => find(pool, idHash),
    bind: async (idHash, browserHash) => {
      const bound = await pool.count(sql`
        update interactions set browser_hash = ${browserHash}
         where id_hash = ${idHash} and (browser_hash is null or browser_hash = ${browserHash})`);
      return bound === 1;
    },
    complete: async (idHash, now) => {
      const completed = await pool.count(sql`
        update interactions set completed_at = ${now}
         where id_hash = ${idHash} and completed_at is null and expires_at > ${now}`);
      return completed === 1;
    },
    flush: () => added.flush(),
  };
}

interface InteractionRow {
  readonly id_hash: string;
  readonly browser_hash: string | null;
  readonly request: AuthorizationRequest;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly completed_at: Date | null;
}

async function store(pool: Pool, rows: readonly Interaction[]): Promise<undefined[]> {
  const records = rows.map((row) => ({
    id_hash: row.idHash,
    browser_hash: row.browserHash,
    request: row.request,
    created_at: row.createdAt,
    expires_at: row.expiresAt,
  }));
  await pool.count(sql`
    insert into interactions (id_hash, browser_hash, request, created_at, expires_at)
    select id_hash, browser_hash, request, created_at, expires_at
      from json_to_recordset(${json(records)}) as r(id_hash text, browser_hash text, request jsonb,
           created_at timestamptz, expires_at timestamptz)`);
  return rows.map(() => undefined);
}

async function find(pool: Pool, idHash: string): Promise<Interaction | undefined> {
  const [row] = await pool.query<InteractionRow>(sql`
    select id_hash, browser_hash, request, created_at, expires_at, completed_at
      from interactions where id_hash = ${idHash}`);
  return row === undefined ? undefined : toInteraction(row);
}

function toInteraction(row: InteractionRow): Interaction {
  return {
    idHash: row.id_hash,
    browserHash: row.browser_hash ?? undefined,
    request: row.request,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    completedAt: row.completed_at ?? undefined,
  };
}
