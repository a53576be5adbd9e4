import type { TokenHash } from '@authly/oauth';
import type { LoginChallenge } from '../../../model/login-challenge.js';
import type { LoginChallengeStore } from '../../../ports/store/login-challenges.js';
import type { Tables } from '../tables.js';

export function loginChallenges(tables: Tables): LoginChallengeStore {
  const all = tables.loginChallenges;
  const open = (hash: TokenHash, now: Date): LoginChallenge | undefined => {
    const challenge = all.get(hash);
    return challenge?.completedAt === undefined && challenge && challenge.expiresAt > now ? challenge : undefined;
  };
  return {
    add: async (challenge) => {
      all.set(challenge.hash, challenge);
    },
    find: async (hash) => all.get(hash),
    attempt: async (hash, most, now) => {
      const challenge = open(hash, now);
      if (challenge === undefined || challenge.attempts >= most) return undefined;
      const tried = { ...challenge, attempts: challenge.attempts + 1 };
      all.set(hash, tried);
      return tried;
    },
    complete: async (hash, { grant, code }, now) => {
      const challenge = open(hash, now);
      if (challenge === undefined) return false;
      all.set(hash, { ...challenge, completedAt: now });
      tables.grants.set(grant.id, grant);
      tables.codes.set(code.hash, code);
      return true;
    },
  };
}
