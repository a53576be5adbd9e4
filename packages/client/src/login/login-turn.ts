/** One login at a time: ten commands that start at once open one browser, and the nine others take the session that it brings. */
import { LoginTimeoutError } from '../errors/login-errors.js';
import type { Program } from '../profiles/program.js';
import { cacheKey } from '../store/cache-key.js';
import type { RecordMeta } from '../store/token-store.js';
import type { LoginTarget } from './login-target.js';

/** A login that was asked for so recently and came to nothing is not asked for again by itself. */
const ignoredMs = 60_000;
const longestTurnMs = 300_000;

/** How the login came about. */
export interface LoginTurn {
  /** True when a command needed a session; false when the person asked for a login. */
  readonly implied: boolean;
  /** True when nothing but a login of one's own will do: it neither waits for another one nor takes it, for that may be another account. */
  readonly insists?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs a login while no other process logs in to the same profile. `session` comes back instead when another process was faster. */
export async function takeTurn<T>(
  program: Program,
  target: LoginTarget,
  turn: LoginTurn,
  login: () => Promise<T>,
): Promise<{ readonly result: T } | { readonly session: RecordMeta }> {
  const store = await program.store();
  const startedAt = program.clock.now();
  const key = memoKey(target);
  const brought = async () => {
    const session = (await store.list()).find(
      (record) =>
        record.kind === 'session' &&
        record.profile === target.profile &&
        record.issuer === target.issuer &&
        record.status === 'active' &&
        record.obtainedAt > startedAt,
    );
    return session && ({ session } as const);
  };
  const own = async () => {
    // Also a trial: a store that cannot be written is found out before the person has logged in for nothing.
    await store.update(key, () => memoOf(key, target, program.clock.now()));
    const result = await login();
    await store.update(key, () => undefined);
    return { result } as const;
  };
  if (turn.insists) return own();
  const alone = async () => {
    const faster = await brought();
    if (faster) return faster;
    const memo = (await store.list()).find((record) => record.key === key);
    if (turn.implied && memo && program.clock.now() - memo.obtainedAt < ignoredMs) throw ignored(program, target);
    return own();
  };
  return store.withLock(key, alone, { settled: brought, timeoutMs: longestTurnMs, signal: turn.signal });
}

function memoKey(target: LoginTarget): string {
  const { issuer, clientId, profile } = target;
  return cacheKey({ issuer, clientId, principal: `login ${profile}`, method: 'authorization_code', scopes: [] });
}

function memoOf(key: string, target: LoginTarget, now: number) {
  return {
    key,
    kind: 'pending',
    profile: target.profile,
    issuer: target.issuer,
    clientId: target.clientId,
    method: 'authorization_code',
    scopes: [],
    obtainedAt: now,
    refreshable: false,
    status: 'active',
    secrets: {},
  } as const;
}

function ignored(program: Program, target: LoginTarget): LoginTimeoutError {
  return new LoginTimeoutError({
    message: 'You are not logged in.',
    reason: 'A login was asked for less than a minute ago and was not finished.',
    hint: `Run:  ${program.loginCommand(target.profile)}`,
  });
}
