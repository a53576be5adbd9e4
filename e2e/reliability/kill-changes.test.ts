import { readFileSync } from 'node:fs';
import { AdminApiError, createAdminClient } from '@authly/admin-api';
import type { TokenResponse } from '@authly/oauth';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { ADMIN_PASSWORD, type AuthlyProcess, installation, startAuthly } from '../support/authly-process.js';

let database: TestDatabase;
let environment: Record<string, string>;
let authly: AuthlyProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { ...installation(database.url), AUTHLY_ADMIN_RATE_LIMIT: '1000000' };
});
afterAll(async () => {
  if (authly) await killAll(authly);
  await database?.drop();
});

const WORKERS = ['--workers', '2'] as const;
const ADMINS = 10;

type Api = ReturnType<typeof createAdminClient>;

/** What was asked for, and what came back before the server died. */
interface Creation {
  readonly name: string;
  readonly idempotencyKey: string;
  answer?: unknown;
}

describe('kill -9 during a load of changes by administrators', () => {
  it('leaves no change without its event, no event without its change, and repeats create nothing twice', async () => {
    for (let round = 0; round < 3; round += 1) {
      const running = await startAuthly(environment, { arguments: WORKERS, ...(authly && { port: authly.port }) });
      authly = running;
      const api = await administrator(running.url);
      const scopes: Creation[] = [];
      const users: Creation[] = [];
      const stopped = { now: false };
      const load = Array.from({ length: ADMINS }, (_, who) =>
        changeThings(api, { round, who, scopes, users, stopped }),
      );
      await expect.poll(() => users.filter(isAnswered).length, { timeout: 60_000, interval: 2 }).toBeGreaterThan(25);
      await killAll(running);
      stopped.now = true;
      await Promise.all(load);

      const again = await startAuthly(environment, { arguments: WORKERS, port: running.port });
      authly = again;
      const after = await administrator(again.url);
      expect((await after.verifyAudit()).data).toMatchObject({ valid: true, problem_count: 0 });
      expect(await unmatched()).toEqual([]);

      for (const { name, idempotencyKey, answer } of scopes) {
        const { data } = await after.createScope({ body: { scope_name: name }, idempotencyKey });
        expect(answer ?? data).toEqual(data);
      }
      for (const { name, idempotencyKey, answer } of users) {
        const { data } = await after.createUser({ body: account(name), idempotencyKey });
        // With the same temporary password, which is told in this answer and nowhere else.
        expect(answer ?? data).toEqual(data);
      }
      const made = await query<{ scopes: number; users: number }>(
        `select (select count(*)::integer from audit_events where action = 'scope.created' and target_id = any($1)) as scopes,
                (select count(*)::integer from audit_events where action = 'user.created' and details->>'username' = any($2)) as users`,
        [scopes.map(({ name }) => name), users.map(({ name }) => name)],
      );
      expect(made).toEqual([{ scopes: scopes.length, users: users.length }]);
      expect(await unmatched()).toEqual([]);
      await again.end();
    }
  });
});

interface Load {
  readonly round: number;
  readonly who: number;
  readonly scopes: Creation[];
  readonly users: Creation[];
  readonly stopped: { now: boolean };
}

/** Creates, changes and removes until there is no answer any more. */
async function changeThings(api: Api, { round, who, scopes, users, stopped }: Load): Promise<void> {
  for (let turn = 0; !stopped.now; turn += 1) {
    const name = `load_${round}_${who}_${turn}`;
    const scope: Creation = { name, idempotencyKey: `scope-${name}` };
    const user: Creation = { name, idempotencyKey: `user-${name}` };
    try {
      scopes.push(scope);
      scope.answer = (await api.createScope({ body: { scope_name: name }, idempotencyKey: scope.idempotencyKey })).data;
      await api.updateScope({ params: { scope_name: name }, body: { description: 'changed' } });
      users.push(user);
      const { data } = await api.createUser({ body: account(name), idempotencyKey: user.idempotencyKey });
      user.answer = data;
      await api.updateUser({ params: { user_id: data.id }, body: { is_active: false } });
      await api.updateUser({ params: { user_id: data.id }, body: { nickname: 'N' } });
      const temporary = `${name}_gone`;
      await api.createScope({ body: { scope_name: temporary } });
      await api.deleteScope({ params: { scope_name: temporary } });
    } catch (error) {
      if (error instanceof AdminApiError && error.kind === 'unreachable') return;
      throw error;
    }
  }
}

function account(name: string): { readonly username: string; readonly email: string } {
  return { username: name, email: `${name}@example.org` };
}

function isAnswered({ answer }: Creation): boolean {
  return answer !== undefined;
}

async function administrator(url: string): Promise<Api> {
  const response = await fetch(`${url}/admin/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: ADMIN_PASSWORD }),
  });
  expect(response.status).toBe(200);
  const { access_token: token } = (await response.json()) as TokenResponse;
  return createAdminClient({ baseUrl: url, token });
}

/** The primary and its workers at the same moment, so that none of them has time for anything. */
async function killAll(running: AuthlyProcess): Promise<void> {
  const { pid } = running.child;
  const workers = pid === undefined ? '' : childrenOf(pid);
  for (const worker of workers.split(' ').filter((one) => one !== '')) process.kill(Number(worker), 'SIGKILL');
  await running.end('SIGKILL');
}

function childrenOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  } catch {
    // It has ended, or this is not Linux: then its workers end when they see that it is gone.
    return '';
  }
}

/** Changes without their events and events without their changes, as far as rows tell how often they were changed. */
function unmatched(): Promise<readonly unknown[]> {
  return query(
    `with of_scope as (
       select target_id, count(*) filter (where action = 'scope.created') as created,
              count(*) filter (where action = 'scope.changed') as changed,
              count(*) filter (where action = 'scope.deleted') as deleted
         from audit_events where target_type = 'scope' group by target_id
     ), of_user as (
       select target_id, count(*) filter (where action = 'user.created') as created,
              count(*) filter (where action in ('user.changed', 'user.deactivated')) as changed
         from audit_events where target_type = 'user' group by target_id
     )
     select 'scope' as kind, s.scope_name::text as name, s.version, e.*
       from (select * from oauth_scopes where scope_name like 'load%') s
            full join (select * from of_scope where target_id like 'load%') e on e.target_id = s.scope_name
      where not coalesce(case when s.scope_name is null then e.created = 1 and e.deleted = 1
                              else e.created = 1 and e.deleted = 0 and e.changed = s.version - 1 end, false)
     union all
     select 'user', u.username::text, u.version, e.*, null
       from (select * from users where username like 'load%') u
            full join of_user e on e.target_id = u.id::text
      where (u.id is not null or e.created > 0) and not exists (select from users a where a.id::text = e.target_id and a.is_admin)
        and not coalesce(e.created = 1 and e.changed = u.version - 1, false)`,
    [],
  );
}

async function query<Row extends object>(text: string, values: unknown[]): Promise<readonly Row[]> {
  const connection = new Client({ connectionString: database.url });
  await connection.connect();
  try {
    return (await connection.query<Row>(text, values)).rows;
  } finally {
    await connection.end();
  }
}
