/** The browser login as the person sees it. */
import type { BrowserOpener } from '../flows/browser/open-browser.js';
import { browserLoginMs, loginThroughLoopback } from '../flows/browser/loopback-login.js';
import type { Connection } from '../flows/connection.js';
import type { TokenSet } from '../flows/token-set.js';
import type { Terminal } from '../terminal/terminal.js';
import { inWords } from '../terminal/in-words.js';

/** After this long without the browser coming back, the other way is offered. */
const offerDeviceAfterMs = 20_000;

/** What a login in front of a person needs. */
export interface PersonalLogin {
  readonly terminal: Terminal;
  /** `undefined` when no browser is to be opened. */
  readonly openBrowser?: BrowserOpener;
  readonly callbackPort?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Logs in through the browser; `undefined` when the person has asked for a code instead. */
export async function loginInBrowser(connection: Connection, login: PersonalLogin): Promise<TokenSet | undefined> {
  const { terminal } = login;
  const changed = new AbortController();
  const ended = new AbortController();
  const offersDevice = connection.server.device_authorization_endpoint !== undefined;
  const signals = [changed.signal, login.signal].filter((signal) => signal !== undefined);
  if (offersDevice) offerDevice(connection, terminal, ended.signal);
  try {
    return await loginThroughLoopback(connection, {
      callbackPort: login.callbackPort,
      timeoutMs: login.timeoutMs,
      signal: AbortSignal.any(signals),
      onUrl: (url) => showAddress(url, login),
      askForCode: terminal.interactive
        ? async (signal) => {
            const text = await terminal.ask({
              message: 'Paste the code or the address here if the browser does not come back: ',
              signal,
            });
            if (offersDevice && text.trim().toLowerCase() === 'd') changed.abort();
            return text;
          }
        : undefined,
    });
  } catch (error) {
    if (changed.signal.aborted && !login.signal?.aborted) return undefined;
    throw error;
  } finally {
    ended.abort();
  }
}

/** The address is printed before anything is started: a launcher may report success and show nothing. */
async function showAddress(url: string, login: PersonalLogin): Promise<void> {
  login.terminal.info(
    login.openBrowser
      ? 'Your browser opens to log you in. If it does not, open this address:'
      : 'Open this address in a browser on this computer:',
  );
  login.terminal.info(url);
  login.terminal.info(`This login waits for ${inWords(login.timeoutMs ?? browserLoginMs)}.`);
  const opened = await login.openBrowser?.(url);
  if (opened === false) login.terminal.info('No browser could be started; open the address yourself.');
}

function offerDevice(connection: Connection, terminal: Terminal, ended: AbortSignal): void {
  connection.clock
    .sleep(offerDeviceAfterMs, ended)
    .then(() => terminal.info('\nNot working? Type d and press Enter for a code that you can enter on any device.'))
    .catch(() => undefined);
}
