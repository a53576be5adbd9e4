import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle, start } from '../../packages/client/test/support/children.js';
import type { GivenUser } from '../../packages/server/test/support/given.js';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { type FaultyDoor, openFaultyDoor } from './support/faulty-door.js';
import { createPerson } from './support/person.js';
import { openRefreshLog, type RefreshLog } from './support/refresh-log.js';
import { givenOldSession, type OldSession } from './support/session.js';

/** How a program learns from our own server that its session is over, and what it tells the person. */

interface Said {
  readonly ok: boolean;
  readonly code?: string;
  readonly end?: string;
  readonly text?: string;
}

let server: TestServer;
let door: FaultyDoor;
let log: RefreshLog;
let program: string;
let user: GivenUser;

beforeAll(async () => {
  [program, door] = await Promise.all([bundle('get-token'), openFaultyDoor()]);
  server = await startServer({ settings: { issuer: door.url } });
  door.leadTo(server.url);
  log = await openRefreshLog(server.databaseUrl);
});
beforeEach(async () => {
  // The newest login is the one that is looked at.
  server.clock.advance(1);
  user = await server.given.user();
});
afterAll(async () => {
  await log?.close();
  await server?.stop();
  await door?.close();
});

function givenSession(clientId?: string): Promise<OldSession> {
  const person = createPerson({ username: user.user.username, password: user.password });
  return givenOldSession(door.url, person, { clientId });
}

async function run(session: OldSession): Promise<Said & { readonly exit: number | null }> {
  const { code, stdout, stderr } = await start(program, session.env).ended;
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Said), exit: code };
}

describe('a session of our own server', () => {
  // @attack refresh token spent twice (Keycloak PR 46054, GHSA-392p-2q2v-4372, GHSA-pw9m-5jxm-xr6h)
  // @rule 2.2, 2.31
  it('ends when a lost answer is asked for again after the grace, and everybody is told why', async () => {
    const session = await givenSession();
    door.failAll('lost');
    expect(await run(session)).toMatchObject({ ok: false, code: 'network_error', exit: 7 });
    door.failAll(undefined);
    server.clock.advance(31);
    const all = await Promise.all(Array.from({ length: 5 }, () => run(session)));
    for (const one of all) {
      expect(one).toMatchObject({ ok: false, code: 'session_expired', end: 'reused', exit: 2 });
      expect(one.text?.split('\n')).toEqual([
        '✗ Your session for profile "default" has expired.',
        '  The server saw the refresh token used twice and ended the session for safety.',
        '  Run:  race auth login',
      ]);
    }
    expect([await log.rotations(), await log.thefts(), await log.isRevoked()]).toEqual([1, 1, true]);
    expect(await session.record()).toMatchObject({
      status: 'expired',
      ended: 'reused',
      profile: 'default',
      username: user.user.username,
      secrets: {},
    });
  });

  // @rule 2.1
  it('goes on when a lost answer is asked for again to the last second of the grace', async () => {
    const session = await givenSession();
    door.failAll('lost');
    await run(session);
    door.failAll(undefined);
    server.clock.advance(30);
    expect(await run(session)).toMatchObject({ ok: true, exit: 0 });
    expect([await log.rotations(), await log.isRevoked()]).toEqual([1, false]);
  });

  // @rule 2.2
  it('ends for the honest program too when a thief uses an older token, and it is told that it was revoked', async () => {
    const session = await givenSession();
    const stolen = (await session.record()).secrets.refreshToken ?? '';
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await run(session)).toMatchObject({ ok: true });
      await session.growOld();
    }
    const form = { grant_type: 'refresh_token', client_id: 'authly', refresh_token: stolen };
    expect((await server.post('/api/v1/oauth/token', form)).status).toBe(400);
    const told = await run(session);
    expect(told).toMatchObject({ ok: false, code: 'session_expired', end: 'revoked', exit: 2 });
    expect(told.text).toContain('revoked on the server');
  });

  // @rule 2.31
  it('ends when its refresh token has reached the end of its life, and says that', async () => {
    const session = await givenSession();
    server.clock.advance(604_801);
    expect(await run(session)).toMatchObject({ ok: false, code: 'session_expired', end: 'expired', exit: 2 });
  });

  // @rule 2.32
  it('is kept when the application was switched off: that is no fault of the login', async () => {
    const client = await server.given.client({
      type: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
      applicationType: 'native',
    });
    const session = await givenSession(client.clientId);
    const change = (isActive: boolean) =>
      server.context.store.clients.change(client.clientId, { isActive }, { now: server.context.clock.now() });
    await change(false);
    expect(await run(session)).toMatchObject({ ok: false, code: 'config_invalid', exit: 5 });
    expect(await session.record()).toMatchObject({ status: 'active', refreshable: true });
    await change(true);
    expect(await run(session)).toMatchObject({ ok: true });
  });
});
