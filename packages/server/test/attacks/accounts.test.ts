import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, callerWith } from '../admin/caller.js';
import { refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function login(username: string, password: string): Promise<Response> {
  return server.post('/api/v1/oauth/token', { grant_type: 'password', username, password });
}

describe('a name', () => {
  // @attack homoglyph account (GHSA-7rqj-j65f-68wh)
  it.each(['аdmin', 'ａｄｍｉｎ', 'ad\u200bmin', 'admin\u0301', 'admin\u0000', ' admin', 'ADMIN', 'ᴬdmin'])(
    'that looks like the administrator’s cannot be registered, nor given by an administrator: %j',
    async (name) => {
      const body = { username: name, email: `x${Math.random()}@example.org`, password: 'Long-enough-1!' };
      const registered = await callerWith(server, undefined).call('registerAccount', { body });
      expect([400, 409]).toContain(registered.status);
      const given = await (await administrator(server)).call('createUser', { body });
      expect([400, 409]).toContain(given.status);
      expect((await login(name, 'Long-enough-1!')).status).toBe(400);
    },
  );

  // @attack homoglyph account (GHSA-7rqj-j65f-68wh)
  it.each(['Taken@Example.ORG', 'taken@ｅxample.org', 'taken@example。org'])(
    'of a mailbox that another account has is not a second one: %j',
    async (email) => {
      const call = callerWith(server, undefined);
      await call.call('registerAccount', {
        body: { username: 'taken_mailbox', email: 'taken@example.org', password: 'Long-enough-1!' },
      });
      const second = await call.call('registerAccount', {
        body: { username: `other_${email.length}`, email, password: 'Long-enough-1!' },
      });
      expect([400, 409]).toContain(second.status);
    },
  );
});

describe('a password', () => {
  // @attack parallel guessing (CVE-2024-4629, CVE-2023-47111)
  it('guessed many times at once is looked at no more often than one after the other', async () => {
    const someone = await server.given.user();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => login(someone.user.username, `guess ${index}`)),
    );
    const looked = answers.filter(({ status }) => status === 400);
    expect(looked.length).toBe(server.context.settings['lockout.max_attempts']);
    expect((await login(someone.user.username, someone.password)).status).toBe(429);
    expect((await login(` ${someone.user.username.toUpperCase()} `, someone.password)).status).toBe(429);
  });
});

describe('guesses', () => {
  it('count together, under whichever of their names a person is attacked', async () => {
    const { user, password } = await server.given.user();
    const most = server.context.settings['lockout.max_attempts'];
    for (let guess = 0; guess < most; guess += 1) {
      const name = guess % 2 === 0 ? user.username : user.email;
      expect((await login(name, `guess ${guess}`)).status).toBe(400);
    }
    expect((await login(user.email, password)).status).toBe(429);
    expect((await login(user.username, password)).status).toBe(429);
  });
});

describe('a whole login', () => {
  // @attack secret in a log (Keycloak 26.6, authentik 2026.8)
  it('leaves neither password, code, verifier, cookie nor token in the log', async () => {
    const talkative = await startServer({ settings: { 'log.access': true } });
    const { given } = talkative;
    const client = await given.client();
    const someone = await given.user();
    const granted = await given.passwordTokens(someone);
    const tokens = await given.tokens({ user: someone, client });
    const next = (await (await refreshWith(talkative.url, client, tokens.refresh_token ?? '')).json()) as {
      refresh_token: string;
    };
    await talkative.post('/api/v1/oauth/token', {
      grant_type: 'password',
      username: someone.user.username,
      password: 'wrong-password-that-was-typed',
    });
    const logged = talkative.logged();
    const secrets = [
      someone.password,
      'wrong-password-that-was-typed',
      client.secret,
      tokens.access_token,
      tokens.refresh_token ?? '-',
      tokens.id_token ?? '-',
      next.refresh_token,
      granted.access_token,
      ...tokens.agent.cookies.values(),
    ];
    expect(logged).toContain('/api/v1/oauth/token');
    expect(secrets.filter((secret) => logged.includes(secret))).toEqual([]);
    await talkative.stop();
  });
});

describe('the repository', () => {
  // @attack private key in the repository (rauthy pentest 009)
  it('holds no private key, in no spelling', () => {
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const patterns = ['-----BEGIN [A-Z ]*PRIVATE KEY-----$', '"d" *: *"[A-Za-z0-9_-]{40,}"'];
    const found = patterns.flatMap((pattern) => {
      try {
        return execFileSync('git', ['grep', '-lIE', '-e', pattern], { cwd: root, encoding: 'utf8' }).split('\n');
      } catch (error) {
        // git grep ends with 1 when there is nothing.
        if ((error as { status?: number }).status === 1) return [];
        throw error;
      }
    });
    expect(found.filter(Boolean)).toEqual([]);
  });
});
