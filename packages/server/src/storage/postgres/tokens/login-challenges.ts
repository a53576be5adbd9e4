import type { ClientId, TokenHash, UserId } from '@authly/oauth';
import type { AuthorizationQuestion } from '../../../model/tokens/authorization-request.js';
import type { LoginChallenge } from '../../../model/tokens/login-challenge.js';
import type { LoginChallengeStore } from '../../../ports/store/tokens/login-challenges.js';
import type { Pool } from '../pool.js';
import { CODE_COLUMNS, CODE_RECORD, codeRecord } from '../rows/authorization-code.js';
import { GRANT_COLUMNS, GRANT_RECORD, grantRecord } from '../rows/grant.js';
import { json, sql, text } from '../sql.js';
import { ADMITTED } from './admission.js';

export function loginChallenges(pool: Pool): LoginChallengeStore {
  return {
    add: (challenge) => add(pool, challenge),
    find: async (hash) => {
      const [row] = await pool.query<ChallengeRow>(sql`
        select ${CHALLENGE} from login_challenges where session_hash = ${hash}`);
      return row === undefined ? undefined : toChallenge(row);
    },
    attempt: async (hash, most, now) => {
      const [row] = await pool.query<ChallengeRow>(sql`
        update login_challenges set attempts = attempts + 1
         where session_hash = ${hash} and completed_at is null and expires_at > ${now} and attempts < ${most}
        returning ${CHALLENGE}`);
      return row === undefined ? undefined : toChallenge(row);
    },
    complete: (hash, answer, now) => complete(pool, hash, answer, now),
  };
}

const CHALLENGE = text`session_hash, client_id, user_id, login_epoch, question, created_at, expires_at, attempts, completed_at`;

interface ChallengeRow {
  readonly session_hash: TokenHash;
  readonly client_id: ClientId;
  readonly user_id: UserId;
  readonly login_epoch: number;
  readonly question: Omit<AuthorizationQuestion, 'clientId'>;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly attempts: number;
  readonly completed_at: Date | null;
}

async function add(pool: Pool, challenge: LoginChallenge): Promise<boolean> {
  const { clientId, ...question } = challenge.question;
  const added = await pool.count(sql`
    with person as materialized (
      select id, login_epoch from users
       where id = ${challenge.userId} and is_active and login_epoch = ${challenge.loginEpoch} for share
    )
    insert into login_challenges
      (session_hash, client_id, user_id, login_epoch, question, created_at, expires_at, attempts)
    select ${challenge.hash}::text, ${clientId}::text, id, login_epoch, ${json(question)}::jsonb,
           ${challenge.createdAt}::timestamptz, ${challenge.expiresAt}::timestamptz, ${challenge.attempts}::integer
      from person`);
  return added === 1;
}

/** Who waits here for another caller finds the challenge completed and stores nothing. */
async function complete(
  pool: Pool,
  hash: TokenHash,
  { grant, code }: Parameters<LoginChallengeStore['complete']>[1],
  now: Date,
): Promise<boolean> {
  const stored = await pool.count(sql`
    with asked as materialized (
      select * from json_to_recordset(${json([grantRecord(grant)])}) as r(${GRANT_RECORD})
    ), ${ADMITTED}, won as (
      update login_challenges set completed_at = ${now} from admitted
       where session_hash = ${hash} and completed_at is null and expires_at > ${now}
      returning session_hash
    ), granted as (
      insert into grants (${GRANT_COLUMNS}) select ${GRANT_COLUMNS} from won, asked
    )
    insert into authorization_codes (${CODE_COLUMNS})
    select ${CODE_COLUMNS} from won, json_to_recordset(${json([codeRecord(code)])}) as r(${CODE_RECORD})`);
  return stored === 1;
}

function toChallenge(row: ChallengeRow): LoginChallenge {
  return {
    hash: row.session_hash,
    userId: row.user_id,
    loginEpoch: row.login_epoch,
    question: { ...row.question, clientId: row.client_id },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    attempts: row.attempts,
    completedAt: row.completed_at ?? undefined,
  };
}
