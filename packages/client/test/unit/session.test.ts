import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthClient, createMemoryStore, isAuthError, type AuthEvents, type StoredRecord } from '../../src/index.js';
import { createFakeClock } from '../../src/testing.js';
import { oauthCredential } from '../../src/credentials/oauth-credential.js';
import { freshnessOf } from '../../src/session/refresh-windows.js';
import { loginRequired } from '../../src/session/session-end.js';
import { issuer, metadata, scriptedFetch, type Answer } from '../support/scripted-server.js';

const key = 's'.repeat(64);
const hour = 3_600_000;

/** A session with an hour to live, some minutes after it was made, beside a server with a script. */
function given(minutes: number, answers: Parameters<typeof scriptedFetch>[0], change: Partial<StoredRecord> = {}) {
  const clock = createFakeClock();
  const start = clock.now();
  const record: StoredRecord = {
    key,
    kind: 'session',
    profile: 'dev',
    issuer,
    clientId: 'cli',
    method: 'device_code',
    username: 'alice',
    scopes: ['openid'],
    obtainedAt: start - minutes * 60_000,
    expiresAt: start - minutes * 60_000 + hour,
    refreshable: true,
    status: 'active',
    secrets: { accessToken: 'old', refreshToken: 'rt-old', idToken: 'id-old' },
    ...change,
  };
  const store = createMemoryStore([record]);
  const { fetch, exchanges } = scriptedFetch(answers);
  const make = () =>
    oauthCredential(
      {
        issuer,
        clientId: 'cli',
        server: metadata,
        fetch,
        store,
        clock,
        profile: 'dev',
        login: 'app login --profile dev',
      },
      {
        method: 'device_code',
        key,
        unattended: false,
        reacquire: false,
        acquire: async () => {
          throw loginRequired({ profile: 'dev' });
        },
      },
    );
  const credential = make();
  const events: (keyof AuthEvents)[] = [];
  credential.events.onAny((event) => events.push(event));
  const get = async (request = {}) => (await credential.getToken(request)).token;
  return { clock, store, exchanges, credential, make, events, get, stored: () => store.read(key) };
}

const renewed = (change: object = {}): Answer => ({
  body: { access_token: 'new', refresh_token: 'rt-new', token_type: 'Bearer', expires_in: 3600, ...change },
});
const refused = (error: string, description?: string): Answer => ({
  status: 400,
  body: { error, error_description: description },
});

describe('the windows of a token', () => {
  it('are fresh, then advisory, then mandatory, and never go back', () => {
    const order = { fresh: 0, advisory: 1, mandatory: 2 };
    const lifetimes = fc.integer({ min: 1, max: 86_400 });
    fc.assert(
      fc.property(lifetimes, fc.array(fc.integer({ min: 0, max: 90_000 })), (seconds, moments) => {
        const token = { obtainedAt: 0, expiresAt: seconds * 1000 };
        const found = moments.sort((a, b) => a - b).map((moment) => order[freshnessOf(token, moment * 1000)]);
        expect(found).toEqual([...found].sort());
        expect(freshnessOf(token, 0)).toBe('fresh');
        expect(freshnessOf(token, token.expiresAt)).toBe('mandatory');
      }),
    );
  });

  // @rule 2.27, 2.28
  it('begin at three quarters and a minute before the end of an hour', () => {
    const token = { obtainedAt: 0, expiresAt: hour };
    expect(freshnessOf(token, hour * 0.75 - 1)).toBe('fresh');
    expect(freshnessOf(token, hour * 0.75)).toBe('advisory');
    expect(freshnessOf(token, hour - 60_001)).toBe('advisory');
    expect(freshnessOf(token, hour - 60_000)).toBe('mandatory');
    expect(freshnessOf({ obtainedAt: 0 }, hour * 1000)).toBe('fresh');
    expect(freshnessOf({ ...token, refreshAfter: 1000 }, 1000)).toBe('advisory');
    expect(freshnessOf(token, 0, { minTtlSeconds: 3600 })).toBe('mandatory');
  });
});

describe('a session', () => {
  it('uses a fresh token without asking anyone', async () => {
    const { get, exchanges } = given(10, []);
    expect(await get()).toBe('old');
    expect(exchanges).toHaveLength(0);
  });

  // @rule 2.27
  it('gives the current token at once in the advisory window and refreshes beside it, once a minute', async () => {
    const { get, exchanges, clock } = given(50, [{ status: 503 }, renewed()]);
    expect(await get()).toBe('old');
    await clock.advance(1_000);
    expect(await get()).toBe('old');
    expect(exchanges).toHaveLength(1);
    await clock.advance(60_000);
    expect(await get()).toBe('old');
    await clock.advance(10);
    expect(await get()).toBe('new');
    expect(exchanges).toHaveLength(2);
  });

  // @rule 2.5, 2.28
  it('waits for the refresh in the mandatory window and keeps both tokens in one record', async () => {
    const { get, exchanges, stored, events } = given(59.5, [renewed()]);
    expect(await get()).toBe('new');
    expect(exchanges[0]?.body.get('refresh_token')).toBe('rt-old');
    expect((await stored())?.secrets).toMatchObject({ accessToken: 'new', refreshToken: 'rt-new' });
    expect((await stored())?.username).toBe('alice');
    expect(events).toContain('token:refreshed');
  });

  // @rule 2.4
  it('asks once however many wait', async () => {
    const { get, exchanges } = given(61, [renewed()]);
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => get())))).toEqual(new Set(['new']));
    expect(exchanges).toHaveLength(1);
  });

  // @rule 2.30
  it('keeps the refresh token when the answer brings none', async () => {
    const { get, stored } = given(61, [renewed({ refresh_token: undefined })]);
    await get();
    expect((await stored())?.secrets.refreshToken).toBe('rt-old');
  });

  // @rule 2.26
  it('counts the life of a token from its receipt and notes how the clocks differ', async () => {
    const { get, stored, clock } = given(61, [
      { ...renewed(), headers: { date: new Date(Date.UTC(2026, 0, 1) + 600_000).toUTCString() } },
    ]);
    await get();
    expect((await stored())?.expiresAt).toBe(clock.now() + hour);
    expect((await stored())?.clockSkewSeconds).toBe(600);
  });

  // @rule 2.26
  it('tells clocks that differ by more than five minutes, and no others', async () => {
    const differing = async (seconds: number) => {
      const date = new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toUTCString();
      const { get, credential } = given(61, [{ ...renewed(), headers: { date } }]);
      const told: number[] = [];
      credential.events.on('clock:skew', (event) => told.push(event.seconds));
      await get();
      return told;
    };
    expect(await differing(300)).toEqual([]);
    expect(await differing(-301)).toEqual([-301]);
  });

  // @rule 2.27
  it('is renewed beside its use from the moment that the server names', async () => {
    const { get, stored, clock, exchanges } = given(61, [
      renewed({ refresh_in: 600 }),
      renewed({ access_token: 'newer' }),
    ]);
    await get();
    expect((await stored())?.refreshAfter).toBe(clock.now() + 600_000);
    await clock.advance(599_000);
    await get();
    expect(exchanges).toHaveLength(1);
    await clock.advance(1_000);
    expect(await get()).toBe('new');
    await clock.advance(10);
    expect(await get()).toBe('newer');
  });

  // @rule 2.33
  it('survives a server that says nothing in time', async () => {
    const silent: Answer = { after: new Promise(() => undefined) };
    const { store, clock, exchanges } = given(61, []);
    const { fetch, exchanges: asked } = scriptedFetch([silent, renewed()]);
    const abortable: typeof globalThis.fetch = (input, init) =>
      Promise.race([
        fetch(input, init),
        new Promise<never>((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
      ]);
    const credential = oauthCredential(
      { issuer, clientId: 'cli', server: metadata, fetch: abortable, store, clock, timeoutMs: 30 },
      {
        method: 'device_code',
        key,
        unattended: false,
        reacquire: false,
        acquire: () => Promise.reject(new Error('no')),
      },
    );
    const token = credential.getToken();
    await new Promise((resolve) => setTimeout(resolve, 60));
    await clock.advance(1_000);
    expect((await token).token).toBe('new');
    expect([asked.length, exchanges.length]).toEqual([2, 0]);
  });

  describe.each([
    ['invalid_client', refused('invalid_client'), 'config_invalid'],
    ['unauthorized_client', refused('unauthorized_client'), 'config_invalid'],
    ['429', { status: 429, headers: { 'retry-after': '60' } }, 'rate_limited'],
    ['500', { status: 500, body: '<html>' }, 'server_error'],
    ['a broken connection', { network: true }, 'network_error'],
    ['a certificate that is not trusted', { network: 'CERT_HAS_EXPIRED' }, 'network_error'],
  ] as const)('when the server answers %s', (_name, answer, code) => {
    // @rule 2.32, 2.33
    it('goes on with a token that is still good', async () => {
      const { get, events, stored } = given(59.5, [answer]);
      expect(await get()).toBe('old');
      expect(events).toContain('refresh:failed');
      expect((await stored())?.secrets.refreshToken).toBe('rt-old');
    });

    // @rule 2.32, 2.33
    it('fails with an expired one, and keeps everything for later', async () => {
      const { get, clock, stored } = given(61, [answer]);
      const failed = get().catch((error: unknown) => error);
      await clock.advance(60_000);
      expect(isAuthError(await failed, code)).toBe(true);
      expect((await stored())?.secrets).toMatchObject({ accessToken: 'old', refreshToken: 'rt-old' });
      expect((await stored())?.status).toBe('active');
    });
  });

  // @rule 2.33
  it('tries three times against a server that is down, and honours Retry-After', async () => {
    const { get, clock, exchanges } = given(61, [
      { status: 503, headers: { 'retry-after': '5' } },
      { network: true },
      renewed(),
    ]);
    const token = get();
    await clock.advance(4_000);
    expect(exchanges).toHaveLength(1);
    await clock.advance(60_000);
    expect(await token).toBe('new');
    expect(exchanges).toHaveLength(3);
  });

  // @rule 2.31
  it('ends when the refresh token is refused, and keeps who it was', async () => {
    const { get, clock, stored, events } = given(61, [refused('invalid_grant', 'grant revoked')]);
    const failed = get().catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await failed).toMatchObject({
      code: 'session_expired',
      end: 'revoked',
      message: 'Your session for profile "dev" has expired.',
      hint: 'Run:  app login --profile dev',
    });
    expect(await stored()).toMatchObject({ status: 'expired', ended: 'revoked', username: 'alice', secrets: {} });
    expect(events).toContain('session:expired');
  });

  // @rule 2.31
  it('goes on to the end of a good token although the refresh token is refused', async () => {
    const { get, clock, stored } = given(59.5, [refused('invalid_grant')]);
    const token = get();
    await clock.advance(1_000);
    expect(await token).toBe('old');
    expect((await stored())?.status).toBe('active');
  });

  // @rule 2.31
  it('takes the successor that another process saves after the refusal', async () => {
    const { get, clock, store } = given(61, [refused('invalid_grant')]);
    const token = get();
    await clock.advance(30);
    await store.update(
      key,
      (record) =>
        record && {
          ...record,
          obtainedAt: clock.now(),
          expiresAt: clock.now() + hour,
          secrets: { accessToken: 'theirs', refreshToken: 'rt-theirs' },
        },
    );
    await clock.advance(1_000);
    expect(await token).toBe('theirs');
  });

  // @rule 2.7
  it('never strikes out a refresh token that another process has just saved', async () => {
    const { get, clock, store, stored } = given(61, [refused('invalid_grant')]);
    const failed = get().catch((error: unknown) => error);
    await clock.advance(30);
    // The winner's record carries a token that is too old to use: it must survive all the same.
    await store.update(
      key,
      (record) =>
        record && {
          ...record,
          expiresAt: clock.now() - 1,
          secrets: { accessToken: 'theirs', refreshToken: 'rt-theirs' },
        },
    );
    await clock.advance(1_000);
    expect(isAuthError(await failed, 'session_expired')).toBe(true);
    expect((await stored())?.secrets.refreshToken).toBe('rt-theirs');
  });

  it('uses what another process has renewed before asking itself', async () => {
    const { get, store, clock, exchanges } = given(50, [renewed()]);
    expect(await get({ signal: AbortSignal.timeout(60_000) })).toBe('old');
    await store.update(
      key,
      (record) =>
        record && {
          ...record,
          obtainedAt: clock.now(),
          expiresAt: clock.now() + hour,
          secrets: { accessToken: 'theirs', refreshToken: 'r' },
        },
    );
    await clock.advance(15 * 60_000);
    expect(await get()).not.toBe('old');
    expect(exchanges.length).toBeLessThanOrEqual(1);
  });

  // @rule 2.29
  it('is waited for at the end of a program, for two seconds', async () => {
    let release: (value?: unknown) => void = () => undefined;
    const after = new Promise((resolve) => {
      release = resolve;
    });
    const { credential, stored, clock } = given(50, [{ ...renewed(), after }]);
    await credential.getToken();
    const client = new AuthClient({ credential, env: {}, store: 'memory', clock });
    await client.getToken();
    let closed = false;
    const closing = client.close().then(() => {
      closed = true;
    });
    await clock.advance(1_000);
    expect(closed).toBe(false);
    release();
    await closing;
    expect((await stored())?.secrets.refreshToken).toBe('rt-new');
  });

  // @rule 2.29
  it('keeps no program from ending for longer than that', async () => {
    const { credential, clock } = given(50, [{ after: new Promise(() => undefined) }]);
    const client = new AuthClient({ credential, env: {}, store: 'memory', clock });
    await client.getToken();
    const closing = client.close();
    await clock.advance(2_000);
    await closing;
  });

  // @rule 2.29
  it('does not cut off a refresh when a caller stops waiting', async () => {
    let release: (value?: unknown) => void = () => undefined;
    const after = new Promise((resolve) => {
      release = resolve;
    });
    const { credential, stored, clock } = given(61, [{ ...renewed(), after }]);
    const controller = new AbortController();
    const stopped = credential.getToken({ signal: controller.signal }).catch((error: unknown) => error);
    await clock.advance(1);
    controller.abort(new Error('enough'));
    expect(await stopped).toMatchObject({ message: 'enough' });
    release();
    await clock.advance(10);
    expect((await stored())?.secrets.refreshToken).toBe('rt-new');
  });

  it('keeps a rotated token in memory when the store cannot be written, and never goes back to the old one', async () => {
    const { store, make, clock, exchanges } = given(61, [
      renewed({ expires_in: 60 }),
      renewed({ access_token: 'newer', refresh_token: 'rt-newer' }),
    ]);
    const update = store.update.bind(store);
    const { StorageError } = await import('../../src/index.js');
    store.update = () => Promise.reject(new StorageError({ failure: 'denied', message: 'read-only' }));
    const credential = make();
    const events: string[] = [];
    credential.events.onAny((event) => events.push(event));
    expect((await credential.getToken()).token).toBe('new');
    expect(events).toContain('storage:fallback');
    await clock.advance(59_000);
    expect((await credential.getToken()).token).toBe('newer');
    expect(exchanges.map(({ body }) => body.get('refresh_token'))).toEqual(['rt-old', 'rt-new']);
    store.update = update;
  });

  it('uses a token without a refresh token to its very end', async () => {
    const { get, clock } = given(59.5, [], { refreshable: false, secrets: { accessToken: 'old' } });
    expect(await get()).toBe('old');
    await clock.advance(31_000);
    await expect(get()).rejects.toMatchObject({ code: 'session_expired' });
  });

  // @rule 2.35
  it('names the scopes that it lacks', async () => {
    const { get } = given(10, []);
    await expect(get({ scopes: ['openid', 'admin'] })).rejects.toMatchObject({
      code: 'insufficient_scope',
      missing: ['admin'],
      hint: 'Run:  app login --profile dev --scope admin',
    });
  });

  // @rule 2.34
  it('refreshes a token that an API has refused although it looks good', async () => {
    const { credential, get } = given(10, [renewed()]);
    const token = await credential.getToken();
    await credential.invalidate?.(token);
    expect(await get()).toBe('new');
  });

  // @rule 3.8
  it('never prints its token', async () => {
    const { inspect } = await import('node:util');
    const { credential } = given(10, []);
    const token = await credential.getToken();
    expect(inspect(token) + JSON.stringify(token) + JSON.stringify({ ...token })).not.toContain('old');
    expect(token.token).toBe('old');
  });
});
