import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administrator, callerWith } from '../admin/caller.js';
import { askForCode, poll } from '../device/device.js';
import { refreshWith } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(() => server.context.limiter.reset(['api:registerAccount:127.0.0.1']));
afterAll(() => server.stop());

function login(username: string, password: string): Promise<Response> {
  return server.post('/api/v1/oauth/token', { grant_type: 'password', username, password });
}

describe('a name', () => {
  // @attack homoglyph account (GHSA-7rqj-j65f-68wh)
  it.each([
    'аdmin',
    'ɑdmin',
    'admın',
    'Ꭺdmin',
    'ꓮdmin',
    'rօot',
    'adᴍin',
    'ａｄｍｉｎ',
    'ad\u200bmin',
    'admin\u0301',
    'admin\u0000',
    ' admin',
    'ADMIN',
    'ᴬdmin',
  ])('that looks like the administrator’s cannot be registered, nor given by an administrator: %j', async (name) => {
    const body = { username: name, email: `x${Math.random()}@example.org`, password: 'Long-enough-1!' };
    const registered = await callerWith(server, undefined).call('registerAccount', { body });
    expect([400, 409]).toContain(registered.status);
    const given = await (await administrator(server)).call('createUser', { body });
    expect([400, 409]).toContain(given.status);
    expect((await login(name, 'Long-enough-1!')).status).toBe(400);
  });

  // @attack homoglyph account (GHSA-7rqj-j65f-68wh)
  it.each(['taken@ｅxample.org', 'taken@example。org', 'ｔaken@example.org', 'taken\u200b@example.org'])(
    'that looks like an address that another account has is refused: %j',
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

describe('guesses from one address', () => {
  it.each([
    ['with a port each', (guess: number) => `203.0.113.60:${50_001 + guess}`],
    ['with an IPv6 address and a port', (guess: number) => `[2001:db8::60]:${50_001 + guess}`],
    ['of which the proxy knows none', (guess: number) => `hidden-${guess}`],
  ])('count together behind a proxy that writes it %s', async (_name, forwardedFor) => {
    const behind = await startServer({ settings: { trusted_proxies: ['127.0.0.1'] } });
    const { user } = await behind.given.user();
    const statuses: number[] = [];
    for (let guess = 0; guess <= behind.context.settings['lockout.max_attempts']; guess += 1) {
      const form = { grant_type: 'password', username: user.username, password: `guess ${guess}` };
      const headers = { 'x-forwarded-for': forwardedFor(guess) };
      statuses.push((await behind.post('/api/v1/oauth/token', form, headers)).status);
    }
    expect(statuses.at(-1)).toBe(429);
    await behind.stop();
  });
});

describe('a whole login', () => {
  // @attack secret in a log (Keycloak 26.6, authentik 2026.8)
  it('leaves neither password, code, verifier, cookie nor token in the log, on a device neither', async () => {
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
    const device = await askForCode(talkative, client);
    const browser = await given.signedIn(someone);
    const entry = await browser.get(`/device?user_code=${device.user_code}`);
    const question = await browser.submit(entry, 'device-form', { user_code: device.user_code });
    await browser.submit(question, 'device-confirm-form', { decision: 'allow' });
    const polled = (await (await poll(talkative, client, device)).json()) as { access_token: string };
    const logged = talkative.logged();
    const secrets = [
      device.user_code,
      device.user_code.replace('-', ''),
      device.device_code,
      polled.access_token,
      ...browser.cookies.values(),
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
    const scratch = mkdtempSync(join(tmpdir(), 'authly-private-keys-'));
    const d = 'x'.repeat(43);
    const begin = `-----BEGIN ${'PRIVATE'} KEY-----`;
    const spellings = [
      begin,
      `const pem = '${begin}\\nMII';`,
      `${begin}\r`,
      `{"d":"${d}"}`,
      `{ d: '${d}' }`,
      `'d' : "${d}"`,
    ];
    for (const [at, text] of spellings.entries()) writeFileSync(join(scratch, `${at}.ts`), `${text}\n`);
    expect(filesWithPrivateKeys(scratch, ['--no-index'])).toHaveLength(spellings.length);
    rmSync(scratch, { recursive: true });
    expect(filesWithPrivateKeys(fileURLToPath(new URL('../../../../', import.meta.url)))).toEqual([]);
  });
});

function filesWithPrivateKeys(cwd: string, options: readonly string[] = []): string[] {
  const quote = `["'\`]`;
  const patterns = [
    '-----BEGIN [A-Z ]*PRIVATE KEY-----',
    `(^|[^A-Za-z0-9_])${quote}?d${quote}? *: *${quote}[A-Za-z0-9_-]{40,}${quote}`,
  ];
  const given = patterns.flatMap((pattern) => ['-e', pattern]);
  try {
    return execFileSync('git', ['grep', ...options, '-lIE', ...given], { cwd, encoding: 'utf8' })
      .trim()
      .split('\n');
  } catch (error) {
    // git grep ends with 1 when there is nothing.
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}
