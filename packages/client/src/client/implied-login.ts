/** The login that a client asks for by itself, where its program allows that and there is a terminal. */
import { createBrowserOpener } from '../flows/browser/open-browser.js';
import { logIn } from '../login/log-in.js';
import type { Program } from '../profiles/program.js';
import type { AuthEmitter } from '../session/auth-events.js';
import { createReadlineTerminal } from '../terminal/readline-terminal.js';
import { userAgentOf, type AuthClientOptions } from './auth-client-options.js';

/** Logs in to the profile of a client. Rejects with NonInteractiveError at once when nobody can be asked. */
export async function logInForClient(program: Program, events: AuthEmitter, options: AuthClientOptions): Promise<void> {
  const { env, envPrefix } = program;
  const { issuer, clientId, apiUrl, scopes, resource, timeoutMs } = options;
  const setting = {
    program,
    events,
    terminal: createReadlineTerminal({ env }),
    browser: createBrowserOpener({ env, variable: `${envPrefix}_BROWSER` }),
    http: { fetch: program.fetch, timeoutMs, userAgent: userAgentOf(options) },
  };
  const fallback = { issuer, clientId, apiUrl, scopes };
  await logIn(setting, { profileName: options.profile, resource, fallback }, { implied: true });
}
