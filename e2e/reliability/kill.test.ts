import { randomBytes } from 'node:crypto';
import { s256Challenge, type TokenResponse } from '@authly/oauth';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { ADMIN_PASSWORD, type AuthlyProcess, installation, startAuthly } from '../support/authly-process.js';

let database: TestDatabase;
let environment: Record<string, string>;
let authly: AuthlyProcess | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = installation(database.url);
});
afterAll(async () => {
  await authly?.end('SIGKILL');
  await database?.drop();
});

async function token(url: string, form: Record<string, string>): Promise<TokenResponse | undefined> {
  const response = await fetch(`${url}/api/v1/oauth/token`, { method: 'POST', body: new URLSearchParams(form) }).catch(
    () => undefined,
  );
  if (response?.status !== 200) return undefined;
  return (await response.json().catch(() => undefined)) as TokenResponse | undefined;
}

describe('kill -9 during a load of logins and refreshes', () => {
  it('loses no answered token and leaves none half there', async () => {
    for (let round = 0; round < 3; round += 1) {
      const running = await startAuthly(environment, authly ? { port: authly.port } : {});
      authly = running;
      const answered: TokenResponse[] = [];
      let stopped = false;
      const login = {
        grant_type: 'password',
        username: 'admin',
        password: ADMIN_PASSWORD,
        scope: 'openid profile offline_access',
      };
      const chain = async (): Promise<void> => {
        let current = await token(running.url, login);
        while (current && !stopped) {
          answered.push(current);
          current = await token(running.url, {
            grant_type: 'refresh_token',
            refresh_token: current.refresh_token ?? '',
          });
        }
      };
      const load = Promise.all(Array.from({ length: 12 }, chain));
      await expect.poll(() => answered.length, { timeout: 60_000, interval: 2 }).toBeGreaterThan(60 + round * 17);
      await running.end('SIGKILL');
      stopped = true;
      await load;

      const again = await startAuthly(environment, { port: running.port });
      authly = again;
      const states = await Promise.all(
        answered.map(
          async (one) =>
            (await fetch(`${again.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${one.access_token}` } }))
              .status,
        ),
      );
      expect(states).toEqual(Array(answered.length).fill(200));
      // The last answered refresh token of every chain goes on: either unused, or used by an answer that was lost and is repeated.
      const used = new Set<string>();
      const byGrant = await newestOfEachChain(database.url, answered);
      for (const refreshToken of byGrant) {
        const next = await token(again.url, { grant_type: 'refresh_token', refresh_token: refreshToken });
        expect(next?.refresh_token).toBeDefined();
        used.add(next?.refresh_token ?? '');
      }
      expect(used.size).toBe(byGrant.length);
      expect(await halfThere(database.url)).toEqual([]);
      await again.end();
    }
  });
});

describe('kill -9 during logins in programs', () => {
  it('loses no answered code', async () => {
    const running = await startAuthly(environment, authly ? { port: authly.port } : {});
    authly = running;
    const answered: { readonly code: string; readonly verifier: string }[] = [];
    let stopped = false;
    const logins = async (): Promise<void> => {
      while (!stopped) {
        const verifier = randomBytes(32).toString('base64url');
        const code = await loginCode(running.url, await s256Challenge(verifier));
        if (code !== undefined) answered.push({ code, verifier });
      }
    };
    const load = Promise.all(Array.from({ length: 4 }, logins));
    await expect.poll(() => answered.length, { timeout: 30_000, interval: 2 }).toBeGreaterThan(12);
    await running.end('SIGKILL');
    stopped = true;
    await load;
    const again = await startAuthly(environment, { port: running.port });
    authly = again;
    const redeemed = await Promise.all(
      answered.map(({ code, verifier }) =>
        token(again.url, { grant_type: 'authorization_code', client_id: 'authly', code, code_verifier: verifier }),
      ),
    );
    expect(redeemed.map((tokens) => tokens?.token_type)).toEqual(Array(answered.length).fill('Bearer'));
    await again.end();
  });
});

/** A login at the challenge endpoint; `undefined` when it was not answered. */
async function loginCode(url: string, challenge: string): Promise<string | undefined> {
  const form = {
    response_type: 'code',
    client_id: 'authly',
    username: 'admin',
    password: ADMIN_PASSWORD,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const response = await fetch(`${url}/api/v1/oauth/authorize-challenge`, {
    method: 'POST',
    body: new URLSearchParams(form),
  }).catch(() => undefined);
  const answer = (await response?.json().catch(() => undefined)) as { authorization_code?: string } | undefined;
  return answer?.authorization_code;
}

/** The newest refresh token that each chain was answered with. */
async function newestOfEachChain(databaseUrl: string, answered: readonly TokenResponse[]): Promise<readonly string[]> {
  const { createHash } = await import('node:crypto');
  const hashes = answered.map((one) =>
    createHash('sha256')
      .update(one.refresh_token ?? '')
      .digest('base64url'),
  );
  const rows = await query<{ token_hash: string; grant_id: string; generation: number }>(
    databaseUrl,
    'select token_hash, grant_id, generation from refresh_tokens where token_hash = any($1)',
    [hashes],
  );
  const newest = new Map<string, { hash: string; generation: number }>();
  for (const row of rows) {
    const known = newest.get(row.grant_id);
    if (!known || known.generation < row.generation)
      newest.set(row.grant_id, { hash: row.token_hash, generation: row.generation });
  }
  return [...newest.values()].map((one) => answered[hashes.indexOf(one.hash)]?.refresh_token ?? '');
}

/** Rows that a half-done login or refresh would have left: a grant without tokens, a used token without its successor. */
function halfThere(databaseUrl: string): Promise<readonly unknown[]> {
  return query(
    databaseUrl,
    `select 'grant without tokens' as problem, id::text as id from grants g
       where method = 'password' and not exists (select 1 from refresh_tokens r where r.grant_id = g.id)
     union all
     select 'used token without successor', token_hash from refresh_tokens r
       where consumed_at is not null and not exists (select 1 from refresh_tokens s where s.token_hash = r.successor_hash)
     union all
     select 'grant without access token', id::text from grants g
       where not exists (select 1 from access_tokens a where a.grant_id = g.id)`,
    [],
  );
}

async function query<Row extends object>(
  databaseUrl: string,
  text: string,
  values: unknown[],
): Promise<readonly Row[]> {
  const connection = new Client({ connectionString: databaseUrl });
  await connection.connect();
  try {
    return (await connection.query<Row>(text, values)).rows;
  } finally {
    await connection.end();
  }
}
