import type { TokenResponse } from '@authly/oauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent } from '../../packages/server/test/support/agent.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { type RedisServer, startRedisServer } from '../../packages/server/test/storage/servers/redis-server.js';
import { ADMIN_PASSWORD, type AuthlyProcess, installation, startAuthly } from '../support/authly-process.js';
import { hasNginx, type LoadBalancer, startLoadBalancer } from './support/load-balancer.js';
import { type PostgresPair, startPostgresPair } from './support/postgres-pair.js';

/**
 * What several machines are, on one: three servers, a PostgreSQL with its standby, a Redis, and nginx that leads each request to another server.
 * `deploy/several-machines` runs it with more people at once.
 */
const PEOPLE = Number(process.env['AUTHLY_MACHINES_PEOPLE'] ?? 12);
const LOGINS = Number(process.env['AUTHLY_MACHINES_LOGINS'] ?? 60);

describe.skipIf(!hasNginx)('three servers, PostgreSQL with a standby, Redis, nginx (needs nginx)', () => {
  let pair: PostgresPair;
  let redis: RedisServer;
  let servers: AuthlyProcess[];
  let balancer: LoadBalancer;
  let environment: Record<string, string>;
  let url: string;

  beforeAll(async () => {
    [pair, redis] = await Promise.all([startPostgresPair(), startRedisServer()]);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    environment = {
      ...installation(pair.url),
      AUTHLY_REDIS_URL: redis.url,
      AUTHLY_ISSUER: url,
      AUTHLY_POOL_RECONNECT: '0.5',
      AUTHLY_SHUTDOWN_DELAY: '0',
      RATE_LIMIT_MAX_REQUESTS: '1000000',
      AUTHLY_LOGIN_ADDRESS_LIMIT: '1000000',
    };
    servers = await Promise.all([startAuthly(environment), startAuthly(environment), startAuthly(environment)]);
    balancer = await startLoadBalancer(
      port,
      servers.map((server) => server.port),
    );
  });
  afterAll(async () => {
    await balancer?.stop();
    await Promise.all((servers ?? []).map((server) => server.end('SIGKILL')));
    await Promise.all([pair?.stop(), redis?.remove()]);
  });

  /** Answered tokens, or the status of what came instead. */
  const ask = async (at: string, form: Record<string, string>): Promise<TokenResponse | number> => {
    const response = await fetch(`${at}/api/v1/oauth/token`, { method: 'POST', body: new URLSearchParams(form) }).catch(
      () => undefined,
    );
    if (response?.status !== 200) return response?.status ?? 0;
    return (await response.json()) as TokenResponse;
  };
  const login = { grant_type: 'password', username: 'admin', password: ADMIN_PASSWORD, scope: 'openid offline_access' };
  const isKnown = async (at: string, token: string): Promise<unknown> => {
    const answer = await fetch(`${at}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    return answer.status;
  };
  const signedIn = async () => {
    const agent = createAgent(url);
    const page = await agent.follow(await agent.get('/login'));
    await agent.submit(page, 'login-form', { username: 'admin', password: ADMIN_PASSWORD });
    expect((await agent.get('/account')).status).toBe(200);
    return agent;
  };

  /** Each person logs in and refreshes, over and over, wherever nginx leads. What went wrong is tried again, as programs do. */
  const load = () => {
    const state = {
      stopped: false,
      answered: [] as TokenResponse[],
      last: new Map<number, TokenResponse>(),
      refused: [] as number[],
    };
    const person = async (who: number): Promise<void> => {
      let current: TokenResponse | undefined;
      while (!state.stopped) {
        const form =
          current === undefined ? login : { grant_type: 'refresh_token', refresh_token: current.refresh_token ?? '' };
        const answer = await ask(url, form);
        if (typeof answer === 'number') {
          state.refused.push(answer);
          continue;
        }
        state.answered.push(answer);
        state.last.set(who, answer);
        current = answer;
      }
    };
    const people = Promise.all(Array.from({ length: PEOPLE }, (_, who) => person(who)));
    return { ...state, state, stop: () => ((state.stopped = true), people) };
  };

  it('give one answer to one refresh token that is used at all three at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const first = (await ask(url, login)) as TokenResponse;
      const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
      const answers = await Promise.all(servers.flatMap((server) => [ask(server.url, form), ask(server.url, form)]));
      const tokens = new Set(answers.map((answer) => (typeof answer === 'number' ? answer : answer.refresh_token)));
      expect([...tokens]).toHaveLength(1);
      expect(typeof answers[0]).toBe('object');
    }
  });

  it('know at once, all three, what one of them was told: a revoked token, and too many wrong passwords', async () => {
    const { access_token: token } = (await ask(url, login)) as TokenResponse;
    await fetch(`${servers[0]?.url}/api/v1/oauth/revoke`, { method: 'POST', body: new URLSearchParams({ token }) });
    expect(await Promise.all(servers.map((server) => isKnown(server.url, token)))).toEqual([401, 401, 401]);
    const wrong = { grant_type: 'password', username: 'nobody-here', password: 'wrong' };
    for (let n = 0; n < 6; n += 1) await ask(servers[n % 3]?.url ?? '', wrong);
    expect(await Promise.all(servers.map((server) => ask(server.url, wrong)))).toEqual([429, 429, 429]);
  });

  it('are taken out, started anew and taken in again, one after another, without a login that fails', async () => {
    const going = load();
    const ports = servers.map((server) => server.port);
    for (const [index, server] of servers.entries()) {
      await balancer.leadTo(ports.filter((port) => port !== server.port));
      await server.end();
      servers[index] = await startAuthly(environment, { port: server.port });
      await balancer.leadTo(ports);
    }
    await going.stop();
    expect(going.answered.length).toBeGreaterThan(PEOPLE);
    expect(going.refused).toEqual([]);
  });

  it('lose no answered login and sign nobody out when the database dies and its standby takes over', async () => {
    const browser = await signedIn();
    const going = load();
    await expect.poll(() => going.answered.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(LOGINS);
    await pair.killPrimary();
    const before = going.answered.length;
    await pair.promoteStandby();
    await expect.poll(() => going.answered.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before + LOGINS);
    await going.stop();
    // Nobody was told anything but to try again.
    expect(going.refused.filter((status) => status !== 503 && status !== 0 && status !== 502)).toEqual([]);
    for (const server of servers) {
      const states = await Promise.all(going.answered.map(({ access_token: token }) => isKnown(server.url, token)));
      expect(new Set(states)).toEqual(new Set([200]));
    }
    for (const { refresh_token: refreshToken } of going.last.values())
      expect(typeof (await ask(url, { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' }))).toBe(
        'object',
      );
    expect((await browser.get('/account')).status).toBe(200);
  });

  it('go on without Redis', async () => {
    await redis.stop();
    expect(typeof (await ask(url, login))).toBe('object');
  });
});
