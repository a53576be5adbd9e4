import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle, start, type Child, type Ended } from '../../packages/client/test/support/children.js';
import { makeReadOnly } from '../../packages/client/test/support/read-only.js';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { ADMIN_PASSWORD, type AuthlyProcess, installation, startAuthly } from '../support/authly-process.js';
import { type FaultyDoor, openFaultyDoor } from './support/faulty-door.js';
import { createPerson } from './support/person.js';
import { openRefreshLog, type RefreshLog } from './support/refresh-log.js';
import { givenOldSession, type OldSession } from './support/session.js';

/** The server as it is installed, on PostgreSQL; programs as processes of their own; a network that fails between them. */

interface Said {
  readonly ok: boolean;
  readonly token?: string;
  readonly code?: string;
  readonly events: readonly string[];
}

const ALL = 20;
const admin = createPerson({ username: 'admin', password: ADMIN_PASSWORD });
let database: TestDatabase;
let environment: Record<string, string>;
let authly: AuthlyProcess;
let door: FaultyDoor;
let log: RefreshLog;
let program: string;
const children: Child[] = [];

beforeAll(async () => {
  [database, program, door] = await Promise.all([createTestDatabase(), bundle('get-token'), openFaultyDoor()]);
  environment = { ...installation(database.url), AUTHLY_ISSUER: door.url };
  authly = await startAuthly(environment);
  door.leadTo(authly.url);
  log = await openRefreshLog(database.url);
});
afterEach(() => {
  door.failAll(undefined);
  for (const child of children.splice(0)) child.process.kill('SIGKILL');
});
afterAll(async () => {
  await log?.close();
  await authly?.end();
  await door?.close();
  await database?.drop();
});

describe('twenty processes with one expired token of our own server', () => {
  let session: OldSession;
  beforeEach(async () => {
    session = await givenOldSession(door.url, admin);
  });

  // @rule 2.5
  it('make one rotation and get the same token, all of them', async () => {
    await expectTwentySuccesses(await results(launch(session)));
  });

  it('make one rotation of a login by code, too', async () => {
    session = await givenOldSession(door.url, admin, { method: 'device' });
    await expectTwentySuccesses(await results(launch(session)));
  });

  // @rule 2.6
  it('go on when the process that holds the lock is killed before the server has heard of it', async () => {
    door.fail('hang');
    await expectNineteenOthers(() => door.refreshes());
  });

  // @rule 2.1, 2.6
  it('go on when the process that holds the lock is killed and with it the only copy of the new token', async () => {
    door.fail('silent');
    await expectNineteenOthers(() => door.answers());
    expect(door.answers()).toBeGreaterThan(1);
  });

  // @rule 2.8
  it('go on when the server fails', async () => {
    door.fail('500');
    await expectTwentySuccesses(await results(launch(session)));
  });

  // @rule 2.8
  it('go on when the request is never answered, because it never arrived', async () => {
    door.fail('hang');
    await expectTwentySuccesses(await results(launch(session, { REQUEST_TIMEOUT_MS: '1500' })));
  });

  // @rule 2.1, 2.8
  it('go on when the request is never answered, though the rotation is stored', async () => {
    door.fail('silent');
    await expectTwentySuccesses(await results(launch(session, { REQUEST_TIMEOUT_MS: '1500' })));
  });

  // @rule 2.1, 2.8
  it.each(['lost', 'half'] as const)('go on when the answer is %s after the rotation was stored', async (fault) => {
    door.fail(fault, fault);
    await expectTwentySuccesses(await results(launch(session)));
  });

  // @rule 2.1, 2.8
  it('go on when the server is killed right after it has stored the rotation', async () => {
    door.failAll('lost');
    const before = door.answers();
    const [first] = launch(session, {}, 1);
    await until(() => door.answers() > before);
    first?.process.kill('SIGKILL');
    await first?.ended;
    await authly.end('SIGKILL');
    door.failAll(undefined);
    authly = await startAuthly(environment);
    door.leadTo(authly.url);
    await expectTwentySuccesses(await results(launch(session)));
  });

  // @rule 2.23
  it('get tokens where nothing can be written and so nothing locked, and say that they are not kept', async () => {
    const uid = await makeReadOnly(session.home, session.env['RACE_CONFIG_DIR'] ?? '');
    const started = Array.from({ length: ALL }, () => start(program, session.env, { uid }));
    children.push(...started);
    const all = (await results(started)).map(said);
    expect(all.map(({ ok }) => ok)).toEqual(Array(ALL).fill(true));
    expect(all.every(({ events }) => events.includes('storage:fallback'))).toBe(true);
    expect(new Set(all.map(({ token }) => token)).size).toBe(1);
    await expectOneRotation();
  });

  // @rule 2.8
  it('lose nothing to an outage: they say that it will pass, and go on afterwards', async () => {
    door.failAll('500');
    const during = (await results(launch(session, {}, 3))).map(said);
    expect(during.map(({ code }) => code)).toEqual(Array(3).fill('server_error'));
    door.failAll(undefined);
    await expectTwentySuccesses(await results(launch(session)));
  });

  async function expectTwentySuccesses(ended: readonly Ended[]): Promise<void> {
    const all = ended.map(said);
    expect(
      all.filter(({ ok }) => !ok),
      JSON.stringify(all),
    ).toEqual([]);
    expect(ended.map(({ code }) => code)).toEqual(Array(ALL).fill(0));
    expect(new Set(all.map(({ token }) => token)).size).toBe(1);
    await expectOneRotation();
    await expectStillLoggedIn();
  }

  async function expectNineteenOthers(count: () => number): Promise<void> {
    const before = count();
    const started = launch(session);
    await until(() => count() > before);
    const holder = await session.lockHolder();
    expect(started.map((child) => child.process.pid)).toContain(holder);
    process.kill(holder, 'SIGKILL');
    const ended = await results(started);
    expect(ended.filter(({ code }) => code === null)).toHaveLength(1);
    const others = ended.filter(({ code }) => code !== null);
    expect(others.map(said).filter(({ ok }) => ok)).toHaveLength(ALL - 1);
    expect(new Set(others.map((end) => said(end).token)).size).toBe(1);
    await expectOneRotation();
    await expectStillLoggedIn();
  }

  /** In the tables of the server and in its audit log. */
  async function expectOneRotation(): Promise<void> {
    expect(await log.rotations()).toBe(1);
    expect(await log.audited()).toBe(1);
    expect(await log.thefts()).toBe(0);
    expect(await log.isRevoked()).toBe(false);
  }

  async function expectStillLoggedIn(): Promise<void> {
    expect(await session.record()).toMatchObject({ status: 'active', refreshable: true, username: 'admin' });
    await session.growOld();
    const [after] = (await results(launch(session, {}, 1))).map(said);
    expect(after).toMatchObject({ ok: true, events: ['token:refreshed'] });
    expect(await log.rotations()).toBe(2);
  }
});

function launch(session: OldSession, extra: Record<string, string> = {}, count = ALL): readonly Child[] {
  const started = Array.from({ length: count }, () => start(program, { ...session.env, ...extra }));
  children.push(...started);
  return started;
}

function results(started: readonly Child[]): Promise<readonly Ended[]> {
  return Promise.all(started.map(({ ended }) => ended));
}

function said({ stdout, stderr }: Ended): Said {
  return stdout === '' ? { ok: false, code: stderr, events: [] } : (JSON.parse(stdout) as Said);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
