/** The client: finds its credential on first use, keeps it fresh, and puts it on requests. */
import type { AccessToken, TokenRequest } from '../credentials/credential.js';
import { isAuthError } from '../errors/auth-error.js';
import { type Introspection, introspectToken } from '../flows/introspection.js';
import type { RevocationOutcome } from '../flows/revocation.js';
import { requestUserInfo, type Identity } from '../flows/userinfo.js';
import { openProgram, type Program } from '../profiles/program.js';
import { createEmitter, forwardStoreEvents, type AuthEmitter, type AuthEvents } from '../session/auth-events.js';
import { createMemoryStore } from '../store/memory-store.js';
import { userAgentOf, type AuthClientOptions } from './auth-client-options.js';
import type { AuthSession, SessionOptions } from './auth-session.js';
import { hasSession, statusOf, type AuthStatus } from './auth-status.js';
import { addressOf, createAuthorizedFetch } from './authorized-fetch.js';
import { connectionOf, connectionToAsk, sendBoundRequest } from './client-connection.js';
import type { CredentialDescription } from './credential-description.js';
import { endSession, logoutWarnings, revokeSession, type LogoutOutcome } from './end-session.js';
import { requestHeaders } from './request-headers.js';
import { resolveCredential, type Resolution } from './resolve-credential.js';
import { trustedOrigins } from '../resource/trusted-origins.js';

/** Options of a call that can be cancelled. */
export interface SignalOptions {
  readonly signal?: AbortSignal;
}

/**
 * Gets tokens and sends requests with them. Making a client reads and sends nothing; its methods reject with AuthErrors.
 *
 * @spec RFC 6749, RFC 6750
 * @example
 * ```ts
 * const client = await AuthClient.fromConfig({ appName: 'my-app' });
 * const token = await client.getAccessToken();
 * const answer = await client.fetch('https://api.example.com/vms');
 * ```
 */
export class AuthClient {
  readonly #options: AuthClientOptions;
  readonly #program: Program;
  readonly #events: AuthEmitter = createEmitter();
  #resolution: Promise<Resolution> | undefined;
  #description: CredentialDescription = { winner: undefined, considered: [] };
  #stopStoreEvents: () => void = () => undefined;

  /** The platform's `fetch`, authorized: trusted addresses only, renewed once when the token is refused. */
  readonly fetch: typeof globalThis.fetch;

  constructor(options: AuthClientOptions = {}) {
    const store = options.store === 'memory' ? createMemoryStore() : options.store;
    this.#options = options;
    this.#program = openProgram({
      ...options,
      appName: options.appName ?? 'authly',
      store: store === 'auto' ? undefined : store,
    });
    this.fetch = this.#authorizedFetch();
    this.#program.trace(this.#events);
    if (options.logger) this.#events.onAny((event, payload) => options.logger?.debug(event, payload));
  }

  /** Makes a client from `config.toml`, profiles and environment, and finds its credential now rather than on first use. */
  static async fromConfig(options: AuthClientOptions = {}): Promise<AuthClient> {
    const client = new AuthClient(options);
    await client.#resolve();
    return client;
  }

  /** The access token as text; refreshed before, if it is about to end. */
  async getAccessToken(request?: TokenRequest): Promise<string> {
    return (await this.getToken(request)).token;
  }

  /** The access token with its times and scopes. */
  async getToken(request?: TokenRequest): Promise<AccessToken> {
    const { credential } = await this.#resolve();
    return credential.getToken(request);
  }

  /** A session for the code that calls an API; gets a token now, so that a missing login shows here. */
  async getAuthenticatedSession(options: SessionOptions = {}): Promise<AuthSession> {
    const token = await this.getToken(options);
    const { credential } = await this.#resolve();
    const record = hasSession(credential) ? await credential.session().current() : undefined;
    const { signal: _signal, ...request } = options;
    return {
      fetch: this.#authorizedFetch(request),
      identity:
        record?.subject === undefined ? undefined : { subject: record.subject, username: record.username, claims: {} },
      expiresAt: token.expiresAt,
      asAuthProvider: () => ({
        token: () => this.getAccessToken(request),
        onUnauthorized: async () => {
          await credential.invalidate?.(await this.getToken(request));
          await this.getToken({ ...request, forceRefresh: true });
        },
      }),
      close: () => this.close(),
    };
  }

  /** The headers for one request to an address, or to a path of the API; rejects with UntrustedOriginError for an address that the token is not meant for. */
  async getRequestHeaders(url: string | URL, request?: TokenRequest): Promise<Headers> {
    const { credential } = await this.#resolve();
    return requestHeaders(credential, await addressOf(String(url), () => this.#base()), await this.#origins(), request);
  }

  /** Asks the server who this token speaks for. */
  async whoami(options: SignalOptions = {}): Promise<Identity> {
    const token = await this.getToken(options);
    const connection = await connectionOf(await this.#resolve(), this.#clientOptions());
    return requestUserInfo(connection, { accessToken: token.token, signal: options.signal });
  }

  /** What is known about the login, from stored metadata alone; a missing login is an answer, not an error. */
  async status(): Promise<AuthStatus> {
    const resolution = await this.#resolve({ login: false }).catch((error) => {
      if (isAuthError(error, 'login_required')) return undefined;
      throw error;
    });
    return statusOf(this.#program, resolution);
  }

  /** Asks the server about a token; about this client's own when none is named. */
  async introspect(token?: string): Promise<Introspection> {
    const connection = await connectionToAsk(await this.#resolve(), this.#clientOptions());
    return introspectToken(connection, { token: token ?? (await this.getAccessToken()) });
  }

  /** Refreshes a token that is past the advised time, or any token with `force`. */
  async refresh(options: { readonly force?: boolean; readonly signal?: AbortSignal } = {}): Promise<AccessToken> {
    const token = await this.getToken({ forceRefresh: options.force, signal: options.signal });
    const due = token.refreshAfter !== undefined && token.refreshAfter.getTime() <= this.#program.clock.now();
    return due && !options.force ? this.getToken({ forceRefresh: true, signal: options.signal }) : token;
  }

  /** Revokes tokens on the server and keeps them here; `all` by default. */
  async revoke(options: { readonly which?: 'refresh' | 'access' | 'all' } = {}): Promise<RevocationOutcome> {
    const { credential, profile } = await this.#resolve();
    const outcome = await revokeSession(credential, options.which ?? 'all');
    if (outcome === 'revoked') this.#events.emit('session:revoked', { profile });
    return outcome;
  }

  /** Revokes as well as it can, and deletes the tokens here in any case. */
  async logout(): Promise<LogoutOutcome> {
    const { credential, profile } = await this.#resolve({ login: false });
    const outcome = await endSession(credential, { revoke: true });
    if (outcome.revocation === 'revoked') this.#events.emit('session:revoked', { profile });
    this.#resolution = undefined;
    return { ...outcome, profile, warnings: logoutWarnings(this.#program) };
  }

  /** Which rule gave the credential and which did not; empty before the first use. */
  describe(): CredentialDescription {
    return this.#description;
  }

  /** Listens to an event; returns how to stop. */
  on<E extends keyof AuthEvents>(event: E, listener: (payload: AuthEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Waits up to two seconds for a refresh that is under way, so that its tokens are saved. */
  async close(): Promise<void> {
    const resolution = await this.#resolution?.catch(() => undefined);
    if (resolution && hasSession(resolution.credential)) await resolution.credential.session().settle(2_000);
    this.#stopStoreEvents();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #resolve(how: { readonly login: boolean } = { login: true }): Promise<Resolution> {
    this.#resolution ??= this.#find(how.login).catch((error) => {
      this.#resolution = undefined;
      throw error;
    });
    return this.#resolution;
  }

  async #find(login: boolean): Promise<Resolution> {
    const store = await this.#program.store();
    this.#stopStoreEvents();
    this.#stopStoreEvents = forwardStoreEvents(store, this.#events);
    const resolution = await this.#resolveOrLogin(login && (this.#options.interactive ?? false) !== false);
    this.#description = resolution.description;
    const { credential } = resolution;
    if (hasSession(credential) && credential.events !== this.#events) {
      credential.events.onAny((event, payload) => this.#events.emit(event, payload as never));
    }
    return resolution;
  }

  async #resolveOrLogin(interactive: boolean): Promise<Resolution> {
    const find = () => resolveCredential(this.#program, this.#clientOptions());
    if (!interactive) return find();
    try {
      return await find();
    } catch (error) {
      if (!isAuthError(error, 'login_required')) throw error;
      // Loaded late: most programs never ask.
      const { logInForClient } = await import('./implied-login.js');
      await logInForClient(this.#program, this.#events, this.#options);
      return find();
    }
  }

  #clientOptions() {
    const { store: _store, refresh, ...options } = this.#options;
    const { fetch } = this.#program;
    return { ...options, fetch, refresh, events: this.#events, userAgent: userAgentOf(options) };
  }

  /** The address of the API that paths belong to. */
  async #base(): Promise<string | undefined> {
    return (await this.#resolve()).apiUrl;
  }

  async #origins(): Promise<ReadonlySet<string>> {
    const { issuer, apiUrl } = await this.#resolve();
    return trustedOrigins([issuer, apiUrl, ...(this.#options.allowedOrigins ?? [])]);
  }

  #authorizedFetch(request?: TokenRequest): typeof globalThis.fetch {
    return createAuthorizedFetch({
      request,
      credential: async () => (await this.#resolve()).credential,
      origins: () => this.#origins(),
      base: () => this.#base(),
      fetch: this.#program.fetch,
      events: this.#events,
      userAgent: userAgentOf(this.#options),
      login: this.#program.loginCommand(this.#options.profile),
      timeoutMs: this.#options.timeoutMs,
      sendBound: async (token, call) =>
        sendBoundRequest((await this.#resolve()).credential, token, call, this.#program),
    });
  }
}
