/** What all credentials have in common that get their tokens from an authorization server. */
import { ConfigurationError } from '../errors/credential-errors.js';
import { connect, type ClientOptions, type Connection } from '../flows/connection.js';
import type { AuthorizationServer } from '../flows/discovery.js';
import type { TokenSet } from '../flows/token-set.js';
import { systemClock } from '../clock.js';
import { createEmitter, type AuthEmitter } from '../session/auth-events.js';
import { createDpopKey, readDpopKey, type DpopKey } from '../session/dpop-key.js';
import type { RefreshWindows } from '../session/refresh-windows.js';
import { createTokenSession, type SessionConnection, type TokenSession } from '../session/token-session.js';
import { cacheKey } from '../store/cache-key.js';
import { createMemoryStore } from '../store/memory-store.js';
import type { StoredRecord, TokenStore } from '../store/token-store.js';
import type { AuthMethod, Credential, TokenRequest } from './credential.js';

/** The options of every credential that speaks to an authorization server. */
export interface OAuthCredentialOptions extends Omit<ClientOptions, 'dpopKey'> {
  /** Where tokens are kept; in memory by default. */
  readonly store?: TokenStore;
  readonly refresh?: RefreshWindows;
  /** Binds the tokens to a key of their own (RFC 9449). */
  readonly dpop?: boolean;
  /** Keeps the sessions of two profiles or accounts apart. */
  readonly profile?: string;
  readonly apiUrl?: string;
  /** The command that starts a new session, for messages. */
  readonly login?: string;
  readonly events?: AuthEmitter;
}

/** A credential with a session behind it: it can be refreshed, revoked and forgotten. */
export interface SessionCredential extends Credential {
  readonly options: OAuthCredentialOptions;
  readonly events: AuthEmitter;
  session(request?: TokenRequest): TokenSession;
  /** The server, with the key of the session's tokens. */
  connection(): Promise<Connection>;
}

/** How a credential gets its first tokens. */
export interface Acquisition {
  readonly method: AuthMethod;
  readonly acquire: (connection: Connection, signal?: AbortSignal) => Promise<TokenSet>;
  readonly unattended: boolean;
  readonly reacquire: boolean;
  readonly lockTimeoutMs?: number;
  /** The stored session to use, when it is known already. */
  readonly key?: string;
}

/** Shorter than other processes wait for the lock, so that a server that hangs once does not send them all to it at the same time. */
const requestMs = 10_000;

/** Builds a credential from a way to get first tokens; later ones come from the refresh token. */
export function oauthCredential(options: OAuthCredentialOptions, acquisition: Acquisition): SessionCredential {
  const events = options.events ?? createEmitter();
  const store = options.store ?? createMemoryStore();
  const clock = options.clock ?? systemClock;
  const sessions = new Map<string, TokenSession>();
  const connections = createConnections(options);

  const sessionFor = (request: TokenRequest = {}): TokenSession => {
    const wanted = sessionParts(options, acquisition, request);
    const key = acquisition.key ?? cacheKey({ ...wanted, binding: options.dpop ? 'dpop' : undefined });
    const known = sessions.get(key);
    if (known) return known;
    const session = createTokenSession({
      ...acquisition,
      ...wanted,
      key,
      profile: options.profile,
      apiUrl: options.apiUrl,
      login: options.login,
      windows: options.refresh,
      store,
      clock,
      events,
      connect: (record) => connections.open(record, wanted),
    });
    sessions.set(key, session);
    return session;
  };

  return {
    method: acquisition.method,
    options,
    events,
    session: sessionFor,
    connection: async () => {
      const session = sessionFor();
      return session.options.connect(await session.current());
    },
    getToken: (request) => sessionFor(request).getToken(request),
    invalidate: async (token) => {
      for (const session of sessions.values()) session.invalidate(token);
    },
  };
}

interface SessionParts {
  readonly issuer: string;
  readonly clientId: string;
  readonly principal: string;
  readonly method: AuthMethod;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
}

/** A program may ask for other scopes or another resource at any time; a person has agreed to one set, which then has to do. */
function sessionParts(options: OAuthCredentialOptions, acquisition: Acquisition, request: TokenRequest): SessionParts {
  const free = acquisition.method === 'client_credentials';
  const resource = request.resource ?? options.resource;
  if (!free && resource !== options.resource) throw otherResource(options.resource);
  return {
    issuer: options.issuer,
    clientId: options.clientId,
    principal: options.profile ?? '',
    method: acquisition.method,
    scopes: (free ? request.scopes : undefined) ?? options.scopes ?? [],
    resource,
  };
}

function createConnections(options: OAuthCredentialOptions) {
  let server: AuthorizationServer | undefined = options.server;
  let current: { readonly name: string; readonly connection: SessionConnection } | undefined;
  let fresh: DpopKey | undefined;

  async function keyFor(record: StoredRecord | undefined): Promise<DpopKey | undefined> {
    if (record?.secrets.privateKey !== undefined) return readDpopKey(record.secrets.privateKey);
    if (!options.dpop) return undefined;
    fresh ??= await createDpopKey();
    return fresh;
  }

  return {
    open: async (record: StoredRecord | undefined, wanted: SessionParts): Promise<SessionConnection> => {
      const name = JSON.stringify([record?.secrets.privateKey, wanted.scopes, wanted.resource]);
      if (current?.name === name) return current.connection;
      const key = await keyFor(record);
      const { scopes, resource } = wanted;
      const connection = await connect({
        ...options,
        timeoutMs: options.timeoutMs ?? requestMs,
        scopes,
        resource,
        server,
        dpopKey: key?.pair,
      });
      server = connection.server;
      current = { name, connection: { ...connection, privateKey: key?.text } };
      return current.connection;
    },
  };
}

function otherResource(resource: string | undefined): ConfigurationError {
  return new ConfigurationError({
    message: 'This session cannot give a token for that resource.',
    reason: resource === undefined ? 'It was made without a resource.' : `It was made for ${resource}.`,
    hint: 'Make a profile for the other resource and log in to it.',
  });
}
