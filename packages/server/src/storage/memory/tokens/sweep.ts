import type { Tables } from '../tables.js';

const DAY = 86_400_000;

/** Forgets what expired, after the same times as the database does. */
export function sweep(tables: Tables, now: Date): void {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY);
  removeExpired(tables.accessTokens, (token) => token.expiresAt < before(1));
  removeExpired(tables.codes, (code) => code.expiresAt < before(1));
  removeExpired(tables.refreshTokens, ({ token }) => token.expiresAt < before(1));
  removeExpired(tables.deviceCodes, (code) => code.expiresAt < before(1));
  removeExpired(tables.loginChallenges, (challenge) => challenge.expiresAt < before(1 / 24));
  removeExpired(tables.pendingSignIns, (pending) => pending.expiresAt < before(1 / 24));
  removeExpired(tables.authenticatorSetups, (setup) => setup.expiresAt < before(1 / 24));
  removeExpired(tables.interactions, (interaction) => interaction.expiresAt < before(1));
  removeExpired(tables.grants, (grant) => grant.expiresAt < before(2));
  removeExpired(tables.sessions, (session) => session.expiresAt < before(30));
  removeExpired(tables.replays, (expiresAt) => expiresAt < before(1 / 24));
}

function removeExpired<Key, Value>(table: Map<Key, Value>, isExpired: (value: Value) => boolean): void {
  for (const [key, value] of table) if (isExpired(value)) table.delete(key);
}
