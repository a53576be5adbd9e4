import { expect, it } from 'vitest';
import type { UserId } from '@authly/oauth';
import type { Store } from '../../../../src/ports/store/store.ts';
import type { Open } from '../../contract.ts';
import { aCode, aGrant, aLoginChallenge, at, aUser, hash, NOW, parallel, shared } from '../given.ts';

export function loginChallengesContract(open: Open): void {
  const suite = shared(open);

  it('keeps what was asked for as it was checked', async () => {
    const given = aLoginChallenge({ userId: await person(suite.store) });
    const challenge = {
      ...given,
      question: {
        ...given.question,
        prompts: ['login'] as const,
        maxAge: 0,
        nonce: 'n "quoted" 雪',
        claims: { id_token: { acr: { values: ['urn:example'], essential: true }, email: null } },
        resources: ['https://api.example'],
      },
    };
    await suite.store.loginChallenges.add(challenge);
    expect(await suite.store.loginChallenges.find(challenge.hash)).toEqual(challenge);
    expect(await suite.store.loginChallenges.find(hash())).toBeUndefined();
  });

  it('counts tries and ends after the last one', async () => {
    const challenge = aLoginChallenge({ userId: await person(suite.store) });
    await suite.store.loginChallenges.add(challenge);
    const tries = [];
    for (let index = 0; index < 4; index += 1)
      tries.push(await suite.store.loginChallenges.attempt(challenge.hash, 3, at(1)));
    expect(tries.map((one) => one?.attempts)).toEqual([1, 2, 3, undefined]);
    expect(tries[0]).toEqual({ ...challenge, attempts: 1 });
  });

  it('counts every one of many tries at once', async () => {
    const challenge = aLoginChallenge({ userId: await person(suite.store) });
    await suite.store.loginChallenges.add(challenge);
    const tries = await parallel(suite.stores, 50, (store) => store.loginChallenges.attempt(challenge.hash, 5, at(1)));
    const counted = tries.flatMap((one) => (one === undefined ? [] : [one.attempts]));
    expect(counted.toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it('cannot be tried once it has expired or is completed, and not when there is none', async () => {
    const challenge = aLoginChallenge({ userId: await person(suite.store), expiresAt: at(10) });
    await suite.store.loginChallenges.add(challenge);
    expect(await suite.store.loginChallenges.attempt(challenge.hash, 5, at(10))).toBeUndefined();
    expect(await suite.store.loginChallenges.attempt(hash(), 5, NOW)).toBeUndefined();
    const grant = aGrant();
    expect(await suite.store.loginChallenges.complete(challenge.hash, { grant, code: aCode(grant) }, at(9))).toBe(true);
    expect(await suite.store.loginChallenges.attempt(challenge.hash, 5, at(9))).toBeUndefined();
    expect((await suite.store.loginChallenges.find(challenge.hash))?.completedAt).toEqual(at(9));
  });

  it('is completed by exactly one of fifty, whose grant and code are stored', async () => {
    const user = aUser();
    await suite.store.users.add(user);
    const challenge = aLoginChallenge({ userId: user.id });
    await suite.store.loginChallenges.add(challenge);
    const answers = Array.from({ length: 50 }, () => {
      const grant = aGrant({ userId: user.id });
      return { grant, code: aCode(grant, { redirectUri: undefined }) };
    });
    const won = await parallel(suite.stores, 50, async (store, index) => {
      const answer = answers[index];
      return answer !== undefined && store.loginChallenges.complete(challenge.hash, answer, at(9));
    });
    expect(won.filter(Boolean)).toHaveLength(1);
    const codes = await Promise.all(answers.map(({ code }) => suite.store.codes.find(code.hash)));
    expect(codes.map((code) => code !== undefined)).toEqual(won);
    const winner = answers[won.indexOf(true)];
    const stored = codes.find((code) => code !== undefined);
    expect(stored).toMatchObject({ grant: { id: winner?.grant.id }, user: { id: user.id } });
    expect(stored?.code).toEqual({ ...winner?.code, redirectUri: undefined, nonce: undefined });
  });

  it('cannot be completed once it has expired', async () => {
    const challenge = aLoginChallenge({ userId: await person(suite.store), expiresAt: at(10) });
    await suite.store.loginChallenges.add(challenge);
    const grant = aGrant();
    const answer = { grant, code: aCode(grant) };
    expect(await suite.store.loginChallenges.complete(challenge.hash, answer, at(10))).toBe(false);
    expect(await suite.store.loginChallenges.complete(hash(), answer, NOW)).toBe(false);
    expect(await suite.store.grants.find(grant.id)).toBeUndefined();
  });
}

async function person(store: Pick<Store, 'users'>): Promise<UserId> {
  const user = aUser();
  await store.users.add(user);
  return user.id;
}
