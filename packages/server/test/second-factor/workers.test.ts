import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Composed, compose } from '../../src/compose.js';
import { checkSecondFactor, secondFactorMethods } from '../../src/identity/second-factor/check.js';
import {
  beginPendingSignIn,
  completeSignIn,
  openPendingSignIn,
} from '../../src/identity/second-factor/pending-sign-in.js';
import type { Context } from '../../src/ports/context.js';
import { createAgent } from '../support/agent.js';
import { startServer, type TestServer } from '../support/server.js';
import { eventsOf, type Guarded, guardedUser, typeCode, typePassword, wrongCode } from './given.js';
import { secondFactorOf } from '../support/second-factor.js';

/** Two workers: two servers with the same settings, each with its own connections, on one database. */
let server: TestServer;
let second: Composed;
let workers: readonly [Context, Context];
let person: Guarded;

beforeAll(async () => {
  server = await startServer();
  second = await compose(server.context.settings, { clock: server.clock, logger: pino({ level: 'silent' }) });
  workers = [server.context, second.context];
});
beforeEach(async () => {
  person = await guardedUser(server);
});
afterAll(async () => {
  await second.close();
  await server.stop();
});

const ORIGIN = { ip: '192.0.2.1', userAgent: 'a browser' };

function check(code: string, worker: number) {
  const attempt = { user: person.user, code, origin: ORIGIN, method: 'page' } as const;
  return checkSecondFactor(attempt, workers[worker % 2 === 0 ? 0 : 1]);
}

async function kindsOf(answers: readonly Promise<{ readonly kind: string }>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of await Promise.all(answers)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function times<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('fifty uses of one code at once, on two workers', () => {
  // @attack second-factor code used twice (dex 5af2b61b)
  it.each([
    ['a code of the app', (one: Guarded) => one.app.code()],
    ['a recovery code', (one: Guarded) => one.app.recoveryCodes[0] ?? ''],
  ])('let exactly one pass: %s', async (_what, codeOf) => {
    for (let round = 0; round < 5; round += 1) {
      person = await guardedUser(server);
      const code = codeOf(person);
      const counts = await kindsOf(times(50, (index) => check(code, index)));
      expect(counts['right']).toBe(1);
      const successes = (await eventsOf(server, person)).filter(({ outcome }) => outcome === 'success');
      expect(successes).toHaveLength(1);
    }
  });

  it('let each of two right codes pass once', async () => {
    const [one = '', two = ''] = person.app.recoveryCodes;
    const answers = await Promise.all(times(8, (index) => check(index % 4 < 2 ? one : two, index)));
    const right = answers.filter((answer) => answer.kind === 'right');
    expect(right).toHaveLength(2);
    expect((await secondFactorOf(server.context.store, person.user.id))?.recoveryCodesLeft).toBe(8);
  });

  it('in one half-done sign-in begin exactly one session', async () => {
    const handle = await beginPendingSignIn(person.user, 'a browser of its own', workers[0]);
    const answers = times(10, async (index) => {
      const context = workers[index % 2 === 0 ? 0 : 1];
      const half = await openPendingSignIn(handle, 'a browser of its own', context);
      if (!half) return { kind: 'over' };
      // Each with a right code of its own, so that only the sign-in itself can stop them.
      const code = person.app.recoveryCodes[index] ?? '';
      return completeSignIn(half, { code, before: undefined, origin: ORIGIN }, context);
    });
    expect((await kindsOf(answers))['signed-in']).toBe(1);
    const page = { limit: 10, offset: 0, now: server.clock.now() };
    expect(await server.context.store.sessions.listOf(person.user.id, page)).toHaveLength(1);
  });
});

describe('guessing', () => {
  // @attack second-factor guessing (dex 5af2b61b)
  it('is over after as many tries as a password has, on both workers together; the right code waits too', async () => {
    const most = server.context.settings['lockout.max_attempts'];
    for (let index = 0; index < most; index += 1)
      expect(await check(wrongCode(person.app), index)).toEqual({ kind: 'wrong', spent: false });
    for (const worker of [0, 1]) {
      const locked = await check(person.app.code(), worker);
      expect(locked.kind).toBe('locked');
      if (locked.kind !== 'locked') continue;
      expect(locked.retryAfterSeconds).toBeGreaterThan(0);
      expect(locked.retryAfterSeconds).toBeLessThanOrEqual(server.context.settings['lockout.duration']);
    }
    server.clock.advance(server.context.settings['lockout.duration'] + 1);
    expect((await check(person.app.code(), 1)).kind).toBe('right');
  });

  // @attack second-factor guessing (dex 5af2b61b)
  it('with many at once gets no more looks than one after the other', async () => {
    const counts = await kindsOf(times(60, (index) => check(wrongCode(person.app), index)));
    expect(counts).toEqual({ wrong: server.context.settings['lockout.max_attempts'], locked: 50 });
  });

  // @attack second-factor guessing (dex 5af2b61b)
  it('with patience gets twenty tries a day', async () => {
    const patient = await guardedUser(server);
    person = patient;
    let looked = 0;
    for (let round = 0; round < 40; round += 1) {
      const answer = await check(round % 2 === 0 ? wrongCode(patient.app) : 'no code at all', round);
      if (answer.kind === 'wrong') looked += 1;
      server.clock.advance(server.context.settings['lockout.duration'] / 4);
    }
    expect(looked).toBe(20);
    const locked = await check(patient.app.code(), 0);
    expect(locked.kind).toBe('locked');
    server.clock.advance(86_400);
    expect((await check(patient.app.code(), 0)).kind).toBe('right');
  });

  it('of recovery codes counts with the rest', async () => {
    const most = server.context.settings['lockout.max_attempts'];
    for (let index = 0; index < most; index += 1) await check('0000-0000-0000-0000', index);
    expect((await check(person.app.recoveryCodes[0] ?? '', 0)).kind).toBe('locked');
    expect((await secondFactorOf(server.context.store, person.user.id))?.recoveryCodesLeft).toBe(10);
  });

  it('is forgiven by the right code', async () => {
    const most = server.context.settings['lockout.max_attempts'];
    for (let round = 0; round < 3; round += 1) {
      for (let index = 1; index < most; index += 1) await check(wrongCode(person.app), index);
      server.clock.advance(30);
      expect((await check(person.app.code(), round)).kind).toBe('right');
    }
  });

  it('does not lock the others, nor the password', async () => {
    for (let index = 0; index < 12; index += 1) await check(wrongCode(person.app), index);
    const other = await guardedUser(server);
    const browser = createAgent(server.url);
    expect((await typeCode(browser, await typePassword(browser, other), other.app.code())).url).toMatch(/account$/);
    const locked = createAgent(server.url);
    const asked = await typePassword(locked, person);
    expect(asked.url).toContain('/login/second-factor');
    const refused = await typeCode(locked, asked, person.app.code());
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe(String(server.context.settings['lockout.duration']));
    expect(refused.body).toContain('Your second factor is locked for a while. Try again in 5 minutes.');
  });
});

describe('what was checked', () => {
  it('is seen by both workers at once', async () => {
    expect(await secondFactorMethods(person.user.id, workers[1])).toEqual(['otp', 'recovery_code']);
    await workers[0].store.secondFactors.remove(person.user.id);
    expect(await secondFactorMethods(person.user.id, workers[1])).toEqual([]);
    expect(await check(person.app.code(), 1)).toEqual({ kind: 'wrong', spent: false });
  });

  it('is counted in the metrics', async () => {
    const watched = await guardedUser(server);
    const attempt = { user: watched.user, origin: ORIGIN, method: 'page' } as const;
    await checkSecondFactor({ ...attempt, code: 'neither' }, second.context);
    await checkSecondFactor({ ...attempt, code: watched.app.code() }, second.context);
    await checkSecondFactor({ ...attempt, code: watched.app.recoveryCodes[0] ?? '' }, second.context);
    const { body } = await second.metrics.expose();
    expect(body).toMatch(/authly_auth_second_factor_attempts_total\{status="failure",factor="unknown"\} [1-9]/);
    expect(body).toMatch(/authly_auth_second_factor_attempts_total\{status="success",factor="otp"\} [1-9]/);
    expect(body).toMatch(/authly_auth_second_factor_attempts_total\{status="success",factor="recovery_code"\} [1-9]/);
  });
});
