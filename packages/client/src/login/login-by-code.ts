/** The login by code as the person sees it. */
import { devicePrompt } from '../credentials/interactive.js';
import { requestDeviceAuthorization } from '../flows/device/device-authorization.js';
import { pollDeviceToken } from '../flows/device/device-poller.js';
import type { Connection } from '../flows/connection.js';
import { isLoopback } from '../flows/safe-url.js';
import type { TokenSet } from '../flows/token-set.js';
import { isAuthError } from '../errors/auth-error.js';
import { LoginTimeoutError } from '../errors/login-errors.js';
import type { AuthEmitter, DevicePrompt } from '../session/auth-events.js';
import type { PersonalLogin } from './login-in-browser.js';
import type { Terminal } from '../terminal/terminal.js';
import { inWords } from '../terminal/in-words.js';

/** Shows a code, offers to open the page, and waits until it was entered. */
export async function loginByCode(
  connection: Connection,
  login: PersonalLogin & { readonly events: AuthEmitter },
): Promise<TokenSet> {
  const { terminal } = login;
  const device = await requestDeviceAuthorization(connection, login.signal);
  const prompt = devicePrompt(device);
  login.events.emit('login:prompt', prompt);
  const longest = Math.min(login.timeoutMs ?? Infinity, device.expiresAt - connection.clock.now());
  await showCode(prompt, longest, login);
  const timeout = AbortSignal.timeout(login.timeoutMs ?? 900_000);
  const signals = [timeout, login.signal].filter((signal) => signal !== undefined);
  let poll: (() => void) | undefined;
  const stopKeys = terminal.keys?.((key) => void onKey(key, prompt, login, () => poll?.()));
  const onResume = () => poll?.();
  process.on('SIGCONT', onResume);
  try {
    return await pollDeviceToken(connection, device, {
      signal: AbortSignal.any(signals),
      onWake: (wake) => {
        poll = wake;
        return () => {
          poll = undefined;
        };
      },
      onClockDrift: (percent) =>
        terminal.info(`The clock of this computer runs ${percent} % fast, so the server asked to wait longer.`),
    });
  } catch (error) {
    throw timeout.aborted && !isAuthError(error) ? tooLate() : error;
  } finally {
    process.off('SIGCONT', onResume);
    stopKeys?.();
  }
}

/** The code and the address stand on lines of their own, without boxes, so that they can be selected whole. */
async function showCode(prompt: DevicePrompt, longestMs: number, login: PersonalLogin): Promise<void> {
  const { terminal } = login;
  terminal.info(`Your code:  ${prompt.userCode}`);
  terminal.info('Enter it at:');
  const { verificationUri, verificationUriComplete = verificationUri } = prompt;
  terminal.info(terminal.link?.(verificationUri, verificationUriComplete) ?? verificationUri);
  terminal.info(`The code is good for ${inWords(longestMs)}.`);
  const canDraw = !login.openBrowser && terminal.unicode === true && (terminal.columns ?? 0) >= 40;
  // No phone gets to an address of this computer.
  if (canDraw && !isLoopback(new URL(verificationUri))) terminal.info(blackOnWhite(await prompt.qr()));
  if (!terminal.keys) return;
  terminal.info(login.openBrowser ? 'Press Enter to open the page, c to copy the code.' : 'Press c to copy the code.');
}

/** Scanners want dark on light, and the colours of a terminal may be either way round; the blocks are the light parts. */
function blackOnWhite(drawing: string): string {
  const lines = drawing.split('\n').map((line) => `\u001b[97;40m${line}\u001b[0m`);
  return lines.join('\n');
}

const visited = new WeakSet<DevicePrompt>();

/** The first Enter opens the page; the next ones ask the server at once. */
async function onKey(key: string, prompt: DevicePrompt, login: PersonalLogin, poll: () => void): Promise<void> {
  if (key === 'c') return sayCopied(login.terminal, await login.terminal.copy(prompt.userCode).catch(() => false));
  if (key !== 'enter') return;
  if (visited.has(prompt) || !login.openBrowser) return poll();
  visited.add(prompt);
  const opened = await login.openBrowser(prompt.verificationUriComplete ?? prompt.verificationUri).catch(() => false);
  if (!opened) login.terminal.info('No browser could be started; open the address yourself.');
}

function sayCopied(terminal: Terminal, copied: boolean): void {
  terminal.info(copied ? 'The code is copied.' : 'The code could not be copied.');
}

function tooLate(): LoginTimeoutError {
  return new LoginTimeoutError({
    message: 'The login was not finished in time.',
    reason: 'Nobody entered the code.',
    hint: 'Start the login again.',
  });
}
