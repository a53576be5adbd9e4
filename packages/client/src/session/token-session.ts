/** One session: its tokens in memory and in the store, refreshed once however many ask, in this process or in others. */
import type { AccessToken, TokenRequest } from '../credentials/credential.js';
import { InsufficientScopeError, StepUpRequiredError } from '../errors/credential-errors.js';
import type { Connection } from '../flows/connection.js';
import type { TokenSet } from '../flows/token-set.js';
import type { Clock } from '../clock.js';
import type { StoredRecord, TokenStore } from '../store/token-store.js';
import type { AuthEmitter } from './auth-events.js';
import { freshnessOf, type RefreshWindows } from './refresh-windows.js';
import { renewSession } from './renew-session.js';
import { recordOf, tokenOf, type SessionIdentity } from './session-record.js';

/** A refresh beside the current use is tried at most this often. */
const advisoryPauseMs = 60_000;

/** What a session is made of. */
export interface TokenSessionOptions extends SessionIdentity {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly events: AuthEmitter;
  readonly windows?: RefreshWindows;
  /** The server, with the key of the record where tokens are bound to one. */
  readonly connect: (record?: StoredRecord) => Promise<SessionConnection>;
  /** Gets the first tokens; interactive for people, a request for machines. */
  readonly acquire: (connection: Connection, signal?: AbortSignal) => Promise<TokenSet>;
  /** True when `acquire` asks nobody, so that it may run beside the current use. */
  readonly unattended: boolean;
  /** True when an ended session is followed by `acquire`; otherwise it is a SessionExpiredError. */
  readonly reacquire: boolean;
  /** How long to wait for another process that renews or logs in, in milliseconds; 15,000 by default. */
  readonly lockTimeoutMs?: number;
  /** The command that starts a new session, for messages. */
  readonly login?: string;
}

/** A connection and, for bound tokens, the private key to store beside them. */
export interface SessionConnection extends Connection {
  readonly privateKey?: string;
}

/** A session that hands out tokens. */
export interface TokenSession {
  readonly options: TokenSessionOptions;
  getToken(request?: TokenRequest): Promise<AccessToken>;
  /** The record as it is known, without any request. */
  current(): Promise<StoredRecord | undefined>;
  /** Makes tokens of a login the tokens of this session. */
  adopt(tokens: TokenSet, privateKey?: string): Promise<StoredRecord>;
  invalidate(token: AccessToken): void;
  /** Deletes the tokens here; the server is not asked. */
  forget(): Promise<void>;
  /** Waits until nothing is on its way to the store, for at most so many milliseconds. */
  settle(milliseconds: number): Promise<void>;
}

/** Opens a session; nothing is read or asked before the first token. */
export function createTokenSession(options: TokenSessionOptions): TokenSession {
  const { store, clock, events, key } = options;
  let known: StoredRecord | undefined;
  let refused: string | undefined;
  let flight: Promise<StoredRecord> | undefined;
  let advisedAt = Number.NEGATIVE_INFINITY;

  const renew = (stale: StoredRecord | undefined, usable: boolean, signal?: AbortSignal): Promise<StoredRecord> => {
    flight ??= renewSession(options, { stale, usable, signal })
      .then((record) => {
        known = record;
        return record;
      })
      .finally(() => {
        flight = undefined;
      });
    return flight;
  };
  const renewBeside = (record: StoredRecord) => {
    if (clock.now() - advisedAt < advisoryPauseMs) return;
    advisedAt = clock.now();
    // Its failure is told by an event; the token in hand is still good.
    renew(record, true).catch(() => undefined);
  };
  const current = async () => known ?? (await store.read(key));

  return {
    options,
    current,
    getToken: async (request = {}) => {
      request.signal?.throwIfAborted();
      const fromMemory = known !== undefined;
      const record = known?.status === 'expired' ? await store.read(key) : await current();
      known = record;
      const token = record && tokenOf(record, fromMemory ? 'memory' : 'store');
      const need = { ...options.windows, minTtlSeconds: request.minTtlSeconds };
      const freshness = record && token ? freshnessOf(record, clock.now(), need) : 'mandatory';
      const refusedHere = token !== undefined && token.token === refused;
      if (record && token && freshness !== 'mandatory' && !request.forceRefresh && !refusedHere) {
        if (freshness === 'advisory' && (record.refreshable || options.unattended)) renewBeside(record);
        return covering(token, request, options);
      }
      const usable = token !== undefined && !refusedHere && !request.forceRefresh && isAlive(record, clock.now());
      const renewed = await abandonable(renew(record, usable, request.signal), request.signal);
      return covering(useToken(renewed, 'server'), request, options);
    },
    adopt: async (tokens, privateKey) => {
      const record = recordOf(options, tokens, { privateKey, windows: options.windows });
      await store.update(key, () => record);
      known = record;
      refused = undefined;
      events.emit('token:acquired', {
        method: options.method,
        scopes: record.scopes,
        expiresAt: record.expiresAt === undefined ? undefined : new Date(record.expiresAt),
        source: 'server',
      });
      return record;
    },
    invalidate: (token) => {
      refused = token.token;
    },
    forget: async () => {
      known = undefined;
      await (store.remove ? store.remove(key) : store.update(key, () => undefined));
    },
    settle: async (milliseconds) => {
      if (!flight) return;
      const limit = new AbortController();
      const settled = flight.catch(() => undefined).finally(() => limit.abort());
      await Promise.race([settled, clock.sleep(milliseconds, limit.signal).catch(() => undefined)]);
    },
  };
}

function useToken(record: StoredRecord, source: AccessToken['source']): AccessToken {
  const token = tokenOf(record, source);
  if (token) return token;
  throw new Error('a renewed session holds no token');
}

function isAlive(record: StoredRecord | undefined, now: number): boolean {
  return record !== undefined && (record.expiresAt === undefined || record.expiresAt > now);
}

/** The caller may stop waiting; the refresh itself goes on, because its answer may be the only copy of a rotated token. */
function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function covering(token: AccessToken, request: TokenRequest, options: TokenSessionOptions): AccessToken {
  const missing = (request.scopes ?? []).filter((scope) => !token.scopes.includes(scope));
  if (missing.length === 0) return token;
  throw missingScopes(missing, options.login);
}

/** The error for permissions that a session lacks. */
export function missingScopes(missing: readonly string[], login: string | undefined): InsufficientScopeError {
  const command = login && `${login} ${missing.map((scope) => `--scope ${scope}`).join(' ')}`;
  return new StepUpRequiredError({
    message: 'Your session lacks a permission.',
    reason: `It was not granted: ${missing.join(' ')}.`,
    hint: command ? `Run:  ${command}` : 'Log in again and ask for it.',
    missing,
    command,
  });
}
