/** One login by the chosen method, from the first question to the tokens. */
import type { AuthMethod } from '../credentials/credential.js';
import { browserRequired } from '../credentials/interactive.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import type { BrowserOpener } from '../flows/browser/open-browser.js';
import { requestClientCredentials } from '../flows/client-credentials.js';
import type { Connection } from '../flows/connection.js';
import { codeQuestion, loginWithPassword, type PasswordPrompter } from '../flows/password/password-login.js';
import type { TokenSet } from '../flows/token-set.js';
import type { AuthEmitter } from '../session/auth-events.js';
import { loginByCode } from './login-by-code.js';
import { loginInBrowser } from './login-in-browser.js';
import type { LoginOptions } from './login-options.js';
import type { LoginTarget } from './login-target.js';
import type { Terminal } from '../terminal/terminal.js';

/** What a login is performed with. */
export interface LoginStage {
  readonly terminal: Terminal;
  readonly openBrowser: BrowserOpener | undefined;
  /** A person can be asked, whatever the login is performed with. */
  readonly interactive: boolean;
  readonly events: AuthEmitter;
}

/** Logs in. The method that comes back is the one that was used in the end: a person may change from the browser to a code. */
export async function performLogin(
  connection: Connection,
  method: AuthMethod,
  target: LoginTarget,
  options: LoginOptions,
  stage: LoginStage,
): Promise<{ readonly tokens: TokenSet; readonly method: AuthMethod }> {
  const personal = {
    ...stage,
    callbackPort: target.callbackPort,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  };
  switch (method) {
    case 'client_credentials':
      return { tokens: await requestClientCredentials(connection, options.signal), method };
    case 'device_code':
      return { tokens: await loginByCode(connection, personal), method };
    case 'password': {
      const prompt = options.prompt ?? terminalPrompter(stage.terminal, options.signal);
      const login = await loginWithPassword(connection, prompt, options.signal);
      if (login.type === 'tokens') return { tokens: login.tokens, method };
      if (!stage.interactive) throw browserRequired(login.reason);
      stage.terminal.info(`This login goes on in a browser. ${login.reason ?? ''}`.trimEnd());
      return performLogin(connection, browserMethod(connection, stage), target, options, stage);
    }
    case 'authorization_code': {
      const tokens = await loginInBrowser(connection, personal);
      if (tokens) return { tokens, method };
      return performLogin(connection, 'device_code', target, options, stage);
    }
    case 'api_key':
    case 'external':
    case 'static_token':
      throw new ConfigurationError({
        message: 'This profile needs no login.',
        reason: `Its method is ${method}.`,
        hint: 'Use it as it is, or choose another method with --method.',
      });
  }
}

/** A browser that this program cannot open is somewhere else, and needs a code. */
function browserMethod({ server }: Connection, { openBrowser }: LoginStage): AuthMethod {
  return openBrowser === undefined && server.device_authorization_endpoint !== undefined
    ? 'device_code'
    : 'authorization_code';
}

function terminalPrompter(terminal: Terminal, signal: AbortSignal | undefined): PasswordPrompter {
  return {
    username: () => terminal.ask({ message: 'Username: ', signal }),
    password: () => terminal.secret({ message: 'Password: ', signal }),
    otp: ({ methods, attempt }) => {
      if (attempt > 1) terminal.info('That code was not accepted.');
      return terminal.ask({ message: `${codeQuestion(methods)}: `, signal });
    },
  };
}
