/** Login, profiles and status for a command-line tool. */
import { AuthClient, type SignalOptions } from '../client/auth-client.js';
import { userAgentOf, type AuthClientOptions } from '../client/auth-client-options.js';
import type { AuthStatus } from '../client/auth-status.js';
import type { LogoutOutcome } from '../client/end-session.js';
import { isAuthError } from '../errors/auth-error.js';
import { createBrowserOpener, type BrowserOpener } from '../flows/browser/open-browser.js';
import { openProgram, type Program, type ProgramOptions } from '../profiles/program.js';
import type { Profile, ProfileInput, ProfileSummary } from '../profiles/profile.js';
import { createEmitter, forwardStoreEvents, type AuthEmitter, type AuthEvents } from '../session/auth-events.js';
import type { LoginOptions, LoginResult, PendingLogin } from '../login/login-options.js';
import { completeLogin, logIn, startLogin, type LoginSetting } from '../login/log-in.js';
import { logOut } from './log-out.js';
import { configureProfile, deleteProfile, getProfile, listProfiles, switchProfile } from './manage-profiles.js';
import { createReadlineTerminal } from '../terminal/readline-terminal.js';
import type { Terminal } from '../terminal/terminal.js';

/** A command-line tool that people log in to. */
export interface CLIAuthenticatorOptions extends ProgramOptions {
  /** The server, when the tool has one of its own. */
  readonly issuer?: string;
  readonly clientId?: string;
  readonly apiUrl?: string;
  readonly scopes?: readonly string[];
  readonly terminal?: Terminal;
  readonly browser?: BrowserOpener;
  /** Whether a browser started here would be far from the person; guessed when it is left out. */
  readonly remote?: boolean;
  readonly timeoutMs?: number;
  readonly allowedOrigins?: readonly string[];
  readonly appVersion?: string;
}

/**
 * Logs people in to a command-line tool and keeps their profiles. Making one reads and sends nothing; its methods reject with AuthErrors, whose three lines
 * `describeError` prints.
 *
 * @spec RFC 8252, RFC 8628
 * @example
 * ```ts
 * const authenticator = new CLIAuthenticator({ appName: 'my-app', issuer: 'https://auth.example.com', clientId: 'my-app' });
 * await authenticator.login();
 * const client = await authenticator.getActiveClient();
 * ```
 */
export class CLIAuthenticator {
  static #default: CLIAuthenticator | undefined;
  /** `configureProfile` of the default authenticator. */
  static readonly configureProfile = (name: string, profile: ProfileInput): Promise<Profile> =>
    CLIAuthenticator.default().configureProfile(name, profile);
  /** `login` of the default authenticator. */
  static readonly login = (options?: LoginOptions): Promise<LoginResult> => CLIAuthenticator.default().login(options);
  /** `getActiveClient` of the default authenticator. */
  static readonly getActiveClient = (options?: ActiveClientOptions): Promise<AuthClient> =>
    CLIAuthenticator.default().getActiveClient(options);

  readonly #options: CLIAuthenticatorOptions;
  readonly #program: Program;
  readonly #events: AuthEmitter = createEmitter();
  #listening = false;

  constructor(options: CLIAuthenticatorOptions) {
    this.#options = options;
    this.#program = openProgram(options);
    this.#program.trace(this.#events);
  }

  /** The authenticator behind the static methods; named once at the start of a program, `authly` otherwise. */
  static default(options?: CLIAuthenticatorOptions): CLIAuthenticator {
    if (options) CLIAuthenticator.#default = new CLIAuthenticator(options);
    CLIAuthenticator.#default ??= new CLIAuthenticator({ appName: 'authly' });
    return CLIAuthenticator.#default;
  }

  /** Writes a profile; its secrets go to the encrypted store, never to a configuration file. */
  async configureProfile(name: string, profile: ProfileInput): Promise<Profile> {
    await this.#listen();
    const saved = await configureProfile(this.#program, name, profile, this.#options);
    this.#events.emit('profile:changed', { profile: name });
    return saved;
  }

  /** Every profile, with who is logged in. */
  listProfiles(): Promise<ProfileSummary[]> {
    return listProfiles(this.#program);
  }

  /** One profile; the one in force when none is named. */
  getProfile(name?: string): Promise<Profile> {
    return getProfile(this.#program, name);
  }

  /** Makes a profile the one in force. */
  async switchProfile(name: string): Promise<void> {
    await switchProfile(this.#program, name);
    this.#events.emit('profile:changed', { profile: name });
  }

  /** Deletes a profile with its session and its secrets; the session is revoked unless `revoke` is false. */
  async deleteProfile(name: string, options: { readonly revoke?: boolean } = {}): Promise<void> {
    await deleteProfile(this.#program, name, { ...this.#setting(), revoke: options.revoke ?? true });
    this.#events.emit('profile:changed', { profile: name });
  }

  /** Logs in, and makes the profile the one in force. Without a terminal it fails at once and names what works. */
  async login(options: LoginOptions = {}): Promise<LoginResult> {
    await this.#listen();
    return logIn(this.#setting(), this.#withDefaults(options), { implied: false });
  }

  /** Starts a login by code and returns at once; `completeLogin` finishes it, in this process or another. */
  async startLogin(options: LoginOptions = {}): Promise<PendingLogin> {
    await this.#listen();
    return startLogin(this.#setting(), this.#withDefaults(options));
  }

  /** Waits for a login that was started, and keeps its session. */
  async completeLogin(id: string, options: SignalOptions = {}): Promise<LoginResult> {
    await this.#listen();
    return completeLogin(this.#setting(), id, options.signal);
  }

  /** Revokes as well as it can and deletes here in any case. */
  async logout(
    options: { readonly profileName?: string; readonly all?: boolean; readonly localOnly?: boolean } = {},
  ): Promise<LogoutOutcome> {
    await this.#listen();
    return logOut(this.#setting(), options);
  }

  /** The client for the profile in force. With `login: 'prompt'` a missing login is made up for where there is a terminal. */
  async getActiveClient(options: ActiveClientOptions = {}): Promise<AuthClient> {
    try {
      return await AuthClient.fromConfig(await this.#clientOptions(options.profileName));
    } catch (error) {
      const missing = isAuthError(error, 'login_required') || isAuthError(error, 'session_expired');
      if (!missing || options.login !== 'prompt') throw error;
      await logIn(this.#setting(), this.#withDefaults({ profileName: options.profileName }), { implied: true });
      return AuthClient.fromConfig(await this.#clientOptions(options.profileName));
    }
  }

  /** What is known about a login, offline; with `check` the server is asked too. */
  async status(options: { readonly profileName?: string; readonly check?: boolean } = {}): Promise<AuthStatus> {
    const client = new AuthClient(await this.#clientOptions(options.profileName));
    const status = await client.status();
    if (!options.check || !status.authenticated) return status;
    try {
      const { subject, username } = await client.whoami();
      return { ...(await client.status()), subject, username: username ?? status.username };
    } catch (error) {
      if (!isAuthError(error) || error.retryable) throw error;
      return {
        ...status,
        authenticated: false,
        warnings: [...status.warnings, `${error.message} ${error.reason ?? ''}`.trim()],
      };
    }
  }

  /** Listens to an event; returns how to stop. */
  on<E extends keyof AuthEvents>(event: E, listener: (payload: AuthEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  #setting(): LoginSetting {
    const { env, envPrefix } = this.#program;
    return {
      program: this.#program,
      events: this.#events,
      terminal: this.#options.terminal ?? createReadlineTerminal({ env }),
      browser: this.#options.browser ?? createBrowserOpener({ env, variable: `${envPrefix}_BROWSER` }),
      remote: this.#options.remote,
      http: { fetch: this.#program.fetch, timeoutMs: this.#options.timeoutMs, userAgent: userAgentOf(this.#options) },
    };
  }

  /** What the tool itself names stands behind everything that the person names. */
  #withDefaults(options: LoginOptions): LoginOptions & { readonly fallback: LoginOptions } {
    const { issuer, clientId, apiUrl, scopes } = this.#options;
    return { ...options, fallback: { issuer, clientId, apiUrl, scopes } };
  }

  async #clientOptions(profile: string | undefined): Promise<AuthClientOptions> {
    const { issuer: _issuer, clientId: _clientId, scopes: _scopes, apiUrl, ...options } = this.#options;
    const trusted = [...(options.allowedOrigins ?? []), ...(apiUrl === undefined ? [] : [apiUrl])];
    return { ...options, profile, allowedOrigins: trusted, store: await this.#program.store() };
  }

  async #listen(): Promise<void> {
    if (this.#listening) return;
    this.#listening = true;
    forwardStoreEvents(await this.#program.store(), this.#events);
  }
}

/** Which client is wanted, and whether a login may be asked for. */
export interface ActiveClientOptions {
  readonly profileName?: string;
  readonly login?: 'never' | 'prompt';
}
