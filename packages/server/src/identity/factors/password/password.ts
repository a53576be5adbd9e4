import type { Factor } from '../factor.js';

export const passwordFactor: Factor<'password'> = {
  kind: 'password',
  async prove(typed, userId, { store, passwords }) {
    const right = await passwords.verify(await store.users.passwordHash(userId), typed);
    return right ? { kind: 'right' } : { kind: 'wrong', spent: false };
  },
};
