/** What one stranger sends never fails the requests of others that share a statement with it. */
import type { SessionId, TokenHash } from '@authly/oauth';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresRateLimiter } from '../../src/storage/postgres/rate-limiter.ts';
import { createPostgresStore, type PostgresStore } from '../../src/storage/postgres/store.ts';
import { createTestClock } from '../support/clock.ts';
import {
  anEvent,
  aCode,
  aGrant,
  anAccessToken,
  anApiKey,
  anInteraction,
  aRefreshToken,
  aRequest,
  aSession,
  at,
  aUser,
  hash,
  ISSUED,
  NOW,
} from './contract/given.ts';
import { openAuditLog } from './servers/audit.ts';
import { type OpenPools, openPools } from './servers/postgres.ts';

let opened: OpenPools;
let store: PostgresStore;
beforeAll(async () => {
  opened = await openPools(1);
  store = createPostgresStore(opened.pools[0], { clock: createTestClock(NOW) });
});
afterAll(async () => {
  await store.flush();
  await opened.close();
});

/** Text of all kinds: NUL, halves of surrogate pairs, JSON, array and time syntax, and more than an index takes. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('\0', '\ud800', '{}', '{NULL}', '"', '\\', '\\u0000', 'infinity', "'; drop table users; --", ''),
  fc.string({ unit: 'binary', minLength: 6000, maxLength: 9000 }),
);

const hostileTime = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc
    .constantFrom(-9e13, -8.64e15, 8.64e15, 253_402_300_800_000, -62_135_596_800_001, Number.NaN)
    .map((ms) => new Date(ms)),
);

const hostileNumber = fc.oneof(fc.double(), fc.constantFrom(2 ** 31, -(2 ** 63), 2 ** 53, 1e308, Number.NaN));

/** Deeper than PostgreSQL reads JSON. */
const deep: unknown = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
const hostileJson: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue({ noUnicodeString: false }), fc.constant('deep'));

const hostile = fc.record({ text: hostileText, time: hostileTime, number: hostileNumber, json: hostileJson });
type Hostile = typeof hostile extends fc.Arbitrary<infer T> ? T : never;

/** Runs what is hostile between two honest calls of the same moment, and expects both of these to be answered. */
async function expectHonestAnswers<T>(
  honest: () => Promise<T>,
  attacks: readonly (() => Promise<unknown>)[],
): Promise<T> {
  const first = honest();
  const attacked = Promise.allSettled(attacks.map((attack) => attack()));
  const second = honest();
  const [answer] = await Promise.all([first, second, attacked]);
  return answer;
}

/** Each batch of the store: an honest call that succeeds, and the same call with what a stranger may put into it. */
const batches: Record<string, (given: Hostile) => Promise<unknown>> = {
  'access tokens that are looked up': async ({ text, time }) => {
    const token = anAccessToken(undefined);
    await store.accessTokens.record(token, ...ISSUED);
    const found = await expectHonestAnswers(
      () => store.accessTokens.find(token.jti, token.expiresAt),
      [() => store.accessTokens.find(text, token.expiresAt), () => store.accessTokens.find(token.jti, time)],
    );
    expect(found?.token.hash).toBe(token.hash);
  },
  'access tokens that are issued, with their events': ({ text, time, json }) =>
    expectHonestAnswers(
      () => store.accessTokens.record(anAccessToken(undefined), ...ISSUED),
      [
        () => store.accessTokens.record(anAccessToken(undefined, { scopes: [text], expiresAt: time }), ...ISSUED),
        () =>
          store.accessTokens.record(
            anAccessToken(undefined),
            { ...ISSUED[0], details: { json } },
            { ip: text, userAgent: text, requestId: text },
          ),
      ],
    ),
  'refresh tokens that are looked up and started': async ({ text, time, number }) => {
    const [grant, other] = [aGrant(), aGrant({ acr: text, authTime: time })];
    const refreshToken = aRefreshToken(grant);
    await expectHonestAnswers(() => {
      const mine = aGrant();
      return store.refreshTokens.start({
        event: anEvent(),
        grant: mine,
        refreshToken: aRefreshToken(mine),
        accessToken: anAccessToken(mine),
      });
    }, [
      () =>
        store.refreshTokens.start({
          event: anEvent(),
          grant: other,
          refreshToken: aRefreshToken(other, { generation: number, expiresAt: time }),
          accessToken: anAccessToken(other),
        }),
    ]);
    await store.refreshTokens.start({ event: anEvent(), grant, refreshToken, accessToken: anAccessToken(grant) });
    const found = await expectHonestAnswers(
      () => store.refreshTokens.find(refreshToken.hash),
      [() => store.refreshTokens.find(text as TokenHash)],
    );
    expect(found?.grant.id).toBe(grant.id);
  },
  'codes that are issued and looked up': async ({ text, time, json }) => {
    const user = aUser();
    await store.users.add(user);
    const grant = aGrant({ userId: user.id });
    const code = aCode(grant);
    const other = aGrant({ userId: user.id, acr: text, claims: json as never });
    await store.codes.issue(grant, code);
    await expectHonestAnswers(() => {
      const mine = aGrant({ userId: user.id });
      return store.codes.issue(mine, aCode(mine));
    }, [() => store.codes.issue(other, aCode(other, { codeChallenge: text, expiresAt: time }))]);
    const found = await expectHonestAnswers(
      () => store.codes.find(code.hash),
      [() => store.codes.find(text as TokenHash)],
    );
    expect(found?.user.id).toBe(user.id);
  },
  interactions: ({ text, json }) =>
    expectHonestAnswers(
      () => store.interactions.add(anInteraction()),
      [
        () => store.interactions.add(anInteraction({ request: aRequest({ state: text, claims: json as never }) })),
        () => store.interactions.add(anInteraction({ idHash: text })),
      ],
    ),
  'sessions that are looked up and seen': async ({ text, time }) => {
    const user = aUser();
    await store.users.add(user);
    const session = aSession({ userId: user.id });
    await store.sessions.add(session);
    const found = await expectHonestAnswers(
      () => store.sessions.findBySecret(session.secretHash),
      [() => store.sessions.findBySecret(text as TokenHash)],
    );
    expect(found?.session.id).toBe(session.id);
    await expectHonestAnswers(
      () => store.sessions.recordUse(session.id, at(1)),
      [() => store.sessions.recordUse(text as SessionId, at(1)), () => store.sessions.recordUse(session.id, time)],
    );
  },
  'API keys that are used': async ({ text, time }) => {
    const user = aUser();
    await store.users.add(user);
    const key = anApiKey({ userId: user.id });
    await store.apiKeys.add(key);
    await expectHonestAnswers(
      () => store.apiKeys.recordUse(key.id, at(1), '192.0.2.1'),
      [() => store.apiKeys.recordUse(text, at(1), text), () => store.apiKeys.recordUse(key.id, time, text)],
    );
  },
  'marks of what may be used once': ({ text, time }) =>
    expectHonestAnswers(
      () => store.replays.claim(hash(), at(60), NOW),
      [() => store.replays.claim(text as TokenHash, at(60), NOW), () => store.replays.claim(hash(), time, NOW)],
    ),
  limits: ({ text, number }) => {
    const limiter = createPostgresRateLimiter({ pool: opened.pools[0], clock: createTestClock(NOW) });
    return expectHonestAnswers(
      () => limiter.consume({ key: 'honest', points: 1e9, windowSeconds: 60 }),
      [
        () => limiter.consume({ key: text, points: 1, windowSeconds: 60 }),
        () => limiter.consume({ key: 'other', points: 1, windowSeconds: number }),
      ],
    );
  },
  events: ({ text, json }) => {
    const log = openAuditLog(opened.pools[0], createTestClock(NOW));
    const actor = { type: 'anonymous' } as const;
    return expectHonestAnswers(
      () => log.record({ action: 'login', outcome: 'success', actor }, {}),
      [
        () =>
          log.record(
            { action: 'login', outcome: 'failure', actor: { ...actor, name: text }, clientId: text, details: { json } },
            { userAgent: text },
          ),
      ],
    );
  },
};

it.each(Object.entries(batches))('%s: nobody fails by what another sends', async (_name, attack) => {
  await fc.assert(
    fc.asyncProperty(
      hostile,
      async (given) => void (await attack({ ...given, json: given.json === 'deep' ? deep : given.json })),
    ),
    { numRuns: 40, endOnFailure: true },
  );
});
