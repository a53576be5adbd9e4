/** Renewing a session: lock, look again, ask the server, save in one step. A failure never costs more than it must. */
import { isAuthError } from '../errors/auth-error.js';
import { RateLimitedError, ServerError } from '../errors/service-errors.js';
import { oauthErrorOf } from '../flows/oauth-failure.js';
import { refreshTokens } from '../flows/refresh.js';
import type { StoredRecord } from '../store/token-store.js';
import { freshnessOf } from './refresh-windows.js';
import { sessionEndOf, sessionExpired } from './session-end.js';
import { recordOf } from './session-record.js';
import type { TokenSessionOptions } from './token-session.js';

/** The pauses before looking again for what another process may have saved. */
const secondLooksMs = [0, 25, 50, 100, 250];
/** The pauses before another try when the server or the network fails. */
const retryPausesMs = [500, 1_500];
const longestRetryAfterSeconds = 20;

interface Renewal {
  /** The record that was found too old, or refused. */
  readonly stale: StoredRecord | undefined;
  /** True while the stale token can still be used, so that a failure may be forgiven. */
  readonly usable: boolean;
  /** Ends an interactive login; a refresh that was sent is never cut off. */
  readonly signal?: AbortSignal;
}

/** Records that could not be saved: what the store holds in their place is older, and its refresh token is used up. */
const unsaved = new WeakSet<StoredRecord>();

/** Renews under the lock of the session, or takes what another process has renewed meanwhile. */
export async function renewSession(session: TokenSessionOptions, renewal: Renewal): Promise<StoredRecord> {
  const newer = () => newerRecord(session, renewal.stale);
  return session.store.withLock(session.key, async () => (await newer()) ?? renewAlone(session, renewal), {
    settled: newer,
    timeoutMs: session.lockTimeoutMs,
  });
}

/** What the store holds now, if it is another token than the stale one and not too old itself. */
async function newerRecord(
  session: TokenSessionOptions,
  stale: StoredRecord | undefined,
): Promise<StoredRecord | undefined> {
  const stored = await session.store.read(session.key);
  if (!stored?.secrets.accessToken || stored.status === 'expired') return undefined;
  if (stored.secrets.accessToken === stale?.secrets.accessToken) return undefined;
  if (stale && unsaved.has(stale) && stored.obtainedAt <= stale.obtainedAt) return undefined;
  return freshnessOf(stored, session.clock.now(), session.windows) === 'mandatory' ? undefined : stored;
}

async function renewAlone(session: TokenSessionOptions, renewal: Renewal): Promise<StoredRecord> {
  const record = await latestRecord(session, renewal.stale);
  if (!record?.secrets.refreshToken) {
    return renewal.usable && record && !session.unattended ? record : acquireAnew(session, record, renewal);
  }
  try {
    return await refreshPatiently(session, record, renewal.usable);
  } catch (error) {
    if (oauthErrorOf(error) === 'invalid_grant') return afterRefusal(session, record, renewal, error);
    if (!isAuthError(error)) throw error;
    session.events.emit('refresh:failed', { error, willRetry: renewal.usable });
    if (renewal.usable) return record;
    throw error;
  }
}

async function latestRecord(
  session: TokenSessionOptions,
  stale: StoredRecord | undefined,
): Promise<StoredRecord | undefined> {
  if (stale && unsaved.has(stale)) return stale;
  return (await session.store.read(session.key)) ?? stale;
}

async function acquireAnew(
  session: TokenSessionOptions,
  record: StoredRecord | undefined,
  renewal: Renewal,
): Promise<StoredRecord> {
  if (record && !session.reacquire) throw sessionExpired({ ...session, end: record.ended ?? 'expired' });
  const connection = await session.connect(record);
  const tokens = await session.acquire(connection, renewal.signal);
  const next = recordOf(session, tokens, {
    before: record,
    privateKey: connection.privateKey,
    windows: session.windows,
  });
  await save(session, next);
  session.events.emit('token:acquired', {
    method: session.method,
    scopes: next.scopes,
    expiresAt: dateOf(next.expiresAt),
    source: 'server',
  });
  return next;
}

async function refreshPatiently(
  session: TokenSessionOptions,
  record: StoredRecord,
  usable: boolean,
): Promise<StoredRecord> {
  const pauses = usable ? [] : retryPausesMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await refreshOnce(session, record);
    } catch (error) {
      const pause = pauses[attempt];
      if (pause === undefined || !isAuthError(error) || !error.retryable) throw error;
      const asked = error instanceof ServerError || error instanceof RateLimitedError ? error.retryAfter : undefined;
      if (asked !== undefined && asked > longestRetryAfterSeconds) throw error;
      session.events.emit('refresh:failed', { error, willRetry: true });
      await session.clock.sleep(Math.max(pause, (asked ?? 0) * 1000));
    }
  }
}

async function refreshOnce(session: TokenSessionOptions, record: StoredRecord): Promise<StoredRecord> {
  const connection = await session.connect(record);
  const tokens = await refreshTokens(connection, { refreshToken: record.secrets.refreshToken ?? '' });
  const next = recordOf(session, tokens, {
    before: record,
    privateKey: connection.privateKey,
    windows: session.windows,
  });
  await save(session, next);
  session.events.emit('token:refreshed', { scopes: next.scopes, expiresAt: dateOf(next.expiresAt) });
  if (Math.abs(tokens.clockSkewSeconds) > 300) session.events.emit('clock:skew', { seconds: tokens.clockSkewSeconds });
  return next;
}

/** A store that cannot be written must not cost the tokens that were just received: they serve this process. */
async function save(session: TokenSessionOptions, record: StoredRecord): Promise<void> {
  try {
    await session.store.update(session.key, () => record);
  } catch (error) {
    if (!isAuthError(error)) throw error;
    const from = session.store.describe().path ?? 'the store';
    unsaved.add(record);
    session.events.emit('storage:fallback', { from, to: 'memory', reason: error.reason ?? error.message });
  }
}

/**
 * The server refuses the refresh token. Often another process has used it and is about to save its successor; only when nothing new appears has the
 * session ended, and only the token that was refused is struck out.
 */
async function afterRefusal(
  session: TokenSessionOptions,
  record: StoredRecord,
  renewal: Renewal,
  error: unknown,
): Promise<StoredRecord> {
  for (const pause of secondLooksMs) {
    if (pause > 0) await session.clock.sleep(pause);
    const successor = await newerRecord(session, record);
    if (successor) return successor;
  }
  if (renewal.usable) {
    if (isAuthError(error)) session.events.emit('refresh:failed', { error, willRetry: false });
    return record;
  }
  const ended = sessionEndOf(error, record, session.clock.now());
  await strikeOut(session, record, ended).catch(() => undefined);
  session.events.emit('session:expired', { profile: session.profile });
  if (session.reacquire) return acquireAnew(session, record, renewal);
  throw sessionExpired({ ...session, end: ended }, error);
}

function strikeOut(session: TokenSessionOptions, record: StoredRecord, ended: StoredRecord['ended']): Promise<void> {
  return session.store.update(session.key, (current) => {
    if (!current || current.secrets.refreshToken !== record.secrets.refreshToken) return current;
    return { ...current, status: 'expired', ended, refreshable: false, secrets: {} };
  });
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
