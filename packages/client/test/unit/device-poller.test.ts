import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  connect,
  pollDeviceToken,
  startPolling,
  waitBeforePoll,
  type PollAnswer,
} from '../../src/flows.js';
import { createFakeClock } from '../../src/testing.js';

const issuer = 'https://auth.example.com';
const answers = fc.oneof(
  fc.record({
    type: fc.constant('pending' as const),
    interval: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('slow_down' as const),
    interval: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  }),
  fc.constant<PollAnswer>({ type: 'busy' }),
  fc.constant<PollAnswer>({ type: 'unreachable' }),
);

describe('the schedule of polls', () => {
  it('never polls sooner than the interval, never after the end, and never forgets a slow_down', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(answers, { maxLength: 30 }), (intervalSeconds, list) => {
        let schedule = startPolling({ intervalSeconds, expiresAt: 900_000 });
        let now = 0;
        let slowDowns = 0;
        for (const answer of list) {
          const wait = waitBeforePoll(schedule, now);
          if (wait === undefined) return;
          expect(wait).toBeGreaterThanOrEqual((intervalSeconds + 5 * slowDowns) * 1_000);
          now += wait;
          expect(now).toBeLessThan(900_000);
          schedule = afterAnswer(schedule, answer);
          if (answer.type === 'slow_down') slowDowns += 1;
        }
      }),
    );
  });

  // @rule 1.31
  it('starts a fifth longer than the interval and goes to two fifths after a slow_down', () => {
    const start = startPolling({ intervalSeconds: 5, expiresAt: 900_000 });
    expect(waitBeforePoll(start, 0)).toBe(6_000);
    expect(waitBeforePoll(afterAnswer(start, { type: 'slow_down' }), 0)).toBe(14_000);
  });

  // @rule 1.33
  it('waits twice as long each time the network fails, and forgets that when it answers', () => {
    let schedule = startPolling({ intervalSeconds: 5, expiresAt: 900_000 });
    schedule = afterAnswer(afterAnswer(schedule, { type: 'unreachable' }), { type: 'unreachable' });
    expect(waitBeforePoll(schedule, 0)).toBe(24_000);
    expect(waitBeforePoll(afterAnswer(schedule, { type: 'pending' }), 0)).toBe(6_000);
  });
});

interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: object;
  readonly network?: true;
}

/** The poller beside a server that answers by a script and, in the end, with tokens. */
async function given(script: readonly ScriptedAnswer[], serverClock = 1) {
  const clock = createFakeClock();
  const start = clock.now();
  const polls: number[] = [];
  const serverNow = () => start + (clock.now() - start) * serverClock;
  const fetch: typeof globalThis.fetch = async () => {
    const answer = script[polls.length] ?? {
      status: 200,
      body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 },
    };
    polls.push((clock.now() - start) / 1000);
    if (answer.network) throw new TypeError('fetch failed');
    const headers = {
      'content-type': 'application/json',
      date: new Date(serverNow()).toUTCString(),
      ...answer.headers,
    };
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 400, headers });
  };
  const server = { issuer, token_endpoint: `${issuer}/token` };
  const connection = await connect({ issuer, clientId: 'cli', server, fetch, clock });
  const device = {
    deviceCode: 'device-code',
    userCode: 'BCDF-GHJK',
    verificationUri: issuer,
    expiresAt: start + 600_000,
    intervalSeconds: 5,
  };
  return { clock, polls, connection, device };
}

const pending = { body: { error: 'authorization_pending' } };
const slowDown = { body: { error: 'slow_down' } };

describe('the device poller', () => {
  // @rule 1.30
  it('waits before the first poll and takes the tokens', async () => {
    const { clock, polls, connection, device } = await given([pending]);
    const tokens = pollDeviceToken(connection, device);
    await clock.advance(12_000);
    expect((await tokens).accessToken).toBe('at');
    expect(polls).toEqual([6, 12]);
  });

  // @rule 1.32
  it('keeps the longer interval for good after slow_down, also where it comes as 429', async () => {
    const { clock, polls, connection, device } = await given([slowDown, pending, { ...slowDown, status: 429 }]);
    const tokens = pollDeviceToken(connection, device);
    await clock.advance(100_000);
    await tokens;
    expect(polls).toEqual([6, 20, 34, 55]);
  });

  // @rule 1.32, 1.33
  it('takes a new interval from the error and a wait from Retry-After', async () => {
    const { clock, polls, connection, device } = await given([
      { body: { error: 'slow_down', interval: 20 } },
      { status: 503, headers: { 'retry-after': '60' }, body: {} },
    ]);
    const tokens = pollDeviceToken(connection, device);
    await clock.advance(200_000);
    await tokens;
    expect(polls).toEqual([6, 34, 94]);
  });

  // @rule 1.33
  it('outlives a network that fails', async () => {
    const { clock, polls, connection, device } = await given([{ network: true }, { network: true }]);
    const tokens = pollDeviceToken(connection, device);
    await clock.advance(60_000);
    await tokens;
    expect(polls).toEqual([6, 18, 42]);
  });

  // @rule 1.36
  it('polls at once when it is woken', async () => {
    const { clock, polls, connection, device } = await given([]);
    let wake: () => void = () => undefined;
    const tokens = pollDeviceToken(connection, device, {
      onWake: (poll) => {
        wake = poll;
        return () => undefined;
      },
    });
    await clock.advance(1_000);
    wake();
    await tokens;
    expect(polls).toEqual([1]);
  });

  it('does not make a login wait that is continued later', async () => {
    const { clock, polls, connection, device } = await given([pending]);
    const tokens = pollDeviceToken(connection, device, { since: clock.now() - 60_000 });
    await clock.advance(6_000);
    await tokens;
    expect(polls).toEqual([0, 6]);
  });

  it.each([
    ['access_denied', 'access_denied'],
    ['expired_token', 'device_code_expired'],
    ['invalid_grant', 'oauth_error'],
  ])('ends on %s', async (refusal, code) => {
    const { clock, connection, device } = await given([{ body: { error: refusal } }]);
    const tokens = pollDeviceToken(connection, device).catch((failure: unknown) => failure);
    await clock.advance(6_000);
    expect(await tokens).toMatchObject({ code });
  });

  // @rule 1.34
  it('stops when the code has expired', async () => {
    const { clock, connection, device } = await given(Array.from({ length: 200 }, () => pending));
    const tokens = pollDeviceToken(connection, device).catch((failure: unknown) => failure);
    await clock.advance(600_000);
    expect(await tokens).toMatchObject({ code: 'device_code_expired' });
  });

  // @rule 3.5
  it('stops when it is cancelled', async () => {
    const { clock, connection, device } = await given([]);
    const controller = new AbortController();
    const tokens = pollDeviceToken(connection, device, { signal: controller.signal }).catch(
      (failure: unknown) => failure,
    );
    await clock.advance(1_000);
    controller.abort(new Error('enough'));
    expect(await tokens).toMatchObject({ message: 'enough' });
  });

  // @rule 1.35
  it.each([10, 30])('measures a clock that runs %i %% fast, and tells it once', async (percent) => {
    const { clock, connection, device } = await given([slowDown, slowDown, slowDown], 1 / (1 + percent / 100));
    const drifts: number[] = [];
    const tokens = pollDeviceToken(connection, device, { onClockDrift: (drift) => drifts.push(drift) });
    await clock.advance(400_000);
    await tokens;
    expect(drifts).toHaveLength(1);
    expect(Math.abs((drifts[0] ?? 0) - percent)).toBeLessThanOrEqual(7);
  });
});
