/** A whole login: find out what for, choose how, take turns, ask, keep. */
import type { BrowserOpener } from '../flows/browser/open-browser.js';
import { pollDeviceToken } from '../flows/device/device-poller.js';
import { discover } from '../flows/discovery.js';
import type { AuthMethod } from '../credentials/credential.js';
import { type AuthError, isAuthError } from '../errors/auth-error.js';
import { LoginCancelledError } from '../errors/login-errors.js';
import { connect } from '../flows/connection.js';
import { credentialVariables } from '../profiles/credential-variables.js';
import type { Program } from '../profiles/program.js';
import type { AuthEmitter } from '../session/auth-events.js';
import { freshnessOf } from '../session/refresh-windows.js';
import { readDpopKey } from '../session/dpop-key.js';
import type { RecordMeta, TokenStore } from '../store/token-store.js';
import type { Terminal } from '../terminal/terminal.js';
import { chooseMethod, needsPerson, nobodyToAsk } from './choose-method.js';
import { keepApiKey } from './keep-api-key.js';
import { keepSession } from './keep-session.js';
import type { LoginResult, PendingLogin } from './login-options.js';
import { connectTo, resolveTarget, type LoginHttp, type LoginTarget, type TargetOptions } from './login-target.js';
import { takeTurn, type LoginTurn } from './login-turn.js';
import { dropPendingLogin, findPendingLogin, openPendingLogin } from './pending-login.js';
import { performLogin } from './perform-login.js';
import { surroundingsOf, type Surroundings } from './surroundings.js';

/** What a login happens in. */
export interface LoginSetting {
  readonly program: Program;
  readonly events: AuthEmitter;
  readonly terminal: Terminal;
  readonly browser: BrowserOpener;
  readonly remote?: boolean;
  readonly http: LoginHttp;
}

/** Logs in by the method that fits. Rejects with NonInteractiveError at once when a person is needed and nobody can be asked. */
export async function logIn(setting: LoginSetting, options: TargetOptions, turn: LoginTurn): Promise<LoginResult> {
  return cancellable(options.signal, async () => {
    const { program, events } = setting;
    const around = surroundings(setting);
    return withReadableStore(setting, async () => {
      await refuseHopeless(setting, options, around);
      const found = await resolveTarget(program, options, { ...setting.http, signal: options.signal });
      const method = methodFor(found, options, around);
      const target = method === 'client_credentials' ? { ...found, scopes: found.askedScopes ?? [] } : found;
      if (!method || (needsPerson(method) && !around.interactive && !options.prompt)) {
        throw nobodyToAsk(program, around, target.profile);
      }
      if (method === 'api_key') return resultOf(setting, await keepApiKey(setting, target, options), false);
      const usable = options.force ? undefined : await usableSession(program, target, method);
      if (usable) return resultOf(setting, usable, true);
      events.emit('login:started', { method, profile: target.profile });
      const insists = options.force === true && !turn.implied;
      const taken = await takeTurn(program, target, { ...turn, insists, signal: options.signal }, () =>
        freshLogin(setting, target, method, options),
      );
      if ('session' in taken) return resultOf(setting, taken.session, true);
      events.emit('login:completed', {
        method: taken.result.method,
        profile: target.profile,
        username: taken.result.username,
      });
      return resultOf(setting, taken.result, false);
    });
  });
}

/** Starts a login by code for another process to finish; needs nobody at the terminal. */
export async function startLogin(setting: LoginSetting, options: TargetOptions): Promise<PendingLogin> {
  return withReadableStore(setting, async () => {
    const http = { ...setting.http, signal: options.signal };
    const target = await resolveTarget(setting.program, options, http);
    const { connection, privateKey } = await connectTo(target, setting.program, http);
    setting.events.emit('login:started', { method: 'device_code', profile: target.profile });
    return openPendingLogin(setting.program, target, connection, privateKey, options.signal);
  });
}

/** Finishes a login that was started. */
export async function completeLogin(setting: LoginSetting, id: string, signal?: AbortSignal): Promise<LoginResult> {
  return cancellable(signal, async () => {
    const { program, http } = setting;
    const { record, device } = await findPendingLogin(program, id);
    const { privateKey } = record.secrets;
    const key = privateKey === undefined ? undefined : await readDpopKey(privateKey);
    const target: LoginTarget = {
      ...record,
      profile: record.profile ?? 'default',
      isNew: false,
      dpop: key !== undefined,
      server: await discover(record.issuer, { ...http, signal }),
    };
    const connection = await connect({ ...http, ...target, dpopKey: key?.pair, clock: program.clock }, signal);
    const tokens = await pollDeviceToken(connection, device, { signal, since: record.obtainedAt });
    const kept = await keepSession(program, { target, connection, tokens, method: 'device_code', privateKey });
    await dropPendingLogin(program, id);
    setting.events.emit('login:completed', { method: 'device_code', profile: target.profile, username: kept.username });
    return resultOf(setting, kept, false);
  });
}

async function freshLogin(
  setting: LoginSetting,
  target: LoginTarget,
  method: AuthMethod,
  options: TargetOptions,
): Promise<RecordMeta> {
  const { program } = setting;
  const { connection, privateKey } = await connectTo(target, program, { ...setting.http, signal: options.signal });
  // A browser that was named is there, wherever this runs.
  const named = program.env[`${program.envPrefix}_BROWSER`] ?? program.env.BROWSER;
  const around = surroundings(setting);
  const noBrowser = options.noBrowser || (around.remote && !named);
  const openBrowser = noBrowser ? undefined : setting.browser;
  const stage = { ...setting, openBrowser, interactive: around.interactive };
  const login = await performLogin(connection, method, target, options, stage);
  return keepSession(program, { target, connection, privateKey, ...login });
}

/** Without a person and without machine credentials nothing can come of it: said at once, before any request is made. */
async function refuseHopeless(setting: LoginSetting, options: TargetOptions, around: Surroundings): Promise<void> {
  const { program } = setting;
  if (around.interactive || options.prompt) return;
  const name = options.profileName ?? program.settings.profile ?? (await program.book.active()) ?? 'default';
  const asked = options.method === 'auto' ? undefined : options.method;
  if (asked === undefined ? await hasMachineCredentials(program, options, name) : !needsPerson(asked)) return;
  throw nobodyToAsk(program, around, name);
}

async function hasMachineCredentials(program: Program, options: TargetOptions, profile: string): Promise<boolean> {
  const { apiKey, clientSecret } = program.settings;
  if (options.apiKey ?? apiKey ?? clientSecret) return true;
  const records = await (await program.store()).list();
  return records.some((record) => record.kind === 'profile' && record.profile === profile);
}

function methodFor(target: LoginTarget, options: TargetOptions, around: Surroundings): AuthMethod | undefined {
  const machine = target.apiKey || options.apiKey ? 'api_key' : undefined;
  const own = target.clientSecret ?? target.privateKeyJwk;
  return chooseMethod({
    asked: options.method,
    configured: target.method,
    machine: machine ?? (own ? 'client_credentials' : undefined),
    surroundings: around,
    noBrowser: options.noBrowser,
    offers: {
      device: target.server.device_authorization_endpoint !== undefined,
      browser: target.server.authorization_endpoint !== undefined,
    },
  });
}

function surroundings(setting: LoginSetting): Surroundings {
  const { program, terminal } = setting;
  const { env, settings } = program;
  const guessed = surroundingsOf({ terminalInteractive: terminal.interactive, noInput: settings.noInput, env });
  return { ...guessed, remote: setting.remote ?? guessed.remote };
}

async function usableSession(
  program: Program,
  target: LoginTarget,
  method: AuthMethod,
): Promise<RecordMeta | undefined> {
  const records = await (await program.store()).list();
  return records.find(
    (record) =>
      record.kind === 'session' &&
      record.profile === target.profile &&
      record.issuer === target.issuer &&
      record.clientId === target.clientId &&
      record.status === 'active' &&
      (record.method === 'client_credentials') === (method === 'client_credentials') &&
      target.scopes.every((scope) => record.scopes.includes(scope) || scope === 'offline_access') &&
      (record.refreshable || freshnessOf(record, program.clock.now()) !== 'mandatory'),
  );
}

/**
 * A store that cannot be read now must not keep a person from logging in, whether it is damaged or its key is out of reach. It is kept
 * aside, and put back when nothing came of the login.
 */
async function withReadableStore<Result>(
  { program, terminal }: LoginSetting,
  work: () => Promise<Result>,
): Promise<Result> {
  const store = await program.store();
  const problem = await whyUnreadable(store);
  if (!problem) return work();
  const aside = await store.setAside?.();
  if (aside === undefined) throw problem;
  try {
    const result = await work();
    terminal.info(`The logins stored before could not be read: ${problem.message} They were moved to ${aside}.`);
    return result;
  } catch (error) {
    await store.putBack?.(aside);
    throw error;
  }
}

async function whyUnreadable(store: TokenStore): Promise<AuthError | undefined> {
  try {
    const [first] = await store.list();
    if (first) await store.read(first.key);
    return undefined;
  } catch (error) {
    if (isAuthError(error) && error.code.startsWith('storage_')) return error;
    throw error;
  }
}

async function resultOf(setting: LoginSetting, record: RecordMeta, alreadyLoggedIn: boolean): Promise<LoginResult> {
  const { program } = setting;
  const store = await program.store();
  return {
    profile: record.profile ?? 'default',
    method: record.method,
    issuer: record.issuer,
    apiUrl: record.apiUrl,
    subject: record.subject,
    username: record.username,
    scopes: record.scopes,
    expiresAt: record.expiresAt === undefined ? undefined : new Date(record.expiresAt),
    key: record.key,
    storage: store.describe(),
    alreadyLoggedIn,
    warnings: credentialVariables(program).map((name) => `${name} is set and is used instead of this login.`),
  };
}

async function cancellable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal?.aborted || isAuthError(error)) throw error;
    throw new LoginCancelledError({
      message: 'The login was cancelled.',
      reason: 'It was stopped before it was finished.',
      hint: 'Start it again when you are ready.',
      cause: error,
    });
  }
}
