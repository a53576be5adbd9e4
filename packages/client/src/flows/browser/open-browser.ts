/** Opens an address in the person's browser, without a shell. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { ConfigurationError } from '../../errors/credential-errors.js';
import { isSafeUrl } from '../safe-url.js';

/** Opens an address; false when nothing could be started. A launcher that starts may still show nothing, so the address is always printed too. */
export type BrowserOpener = (url: string) => Promise<boolean>;

/** What decides how a browser is opened. */
export interface OpenBrowserOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** The program's own variable, read before BROWSER; `none` disables. */
  readonly variable?: string;
  /** Starts a program; injected in tests. */
  readonly launch?: (command: readonly string[]) => Promise<boolean>;
}

/**
 * Makes an opener for this computer. It rejects with ConfigurationError for anything but https, or http on this computer: the address comes from a server.
 *
 * @example
 * ```ts
 * const open = createBrowserOpener({ variable: 'MY_APP_BROWSER' });
 * const opened = await open('https://auth.example.com/device');
 * ```
 */
export function createBrowserOpener(options: OpenBrowserOptions = {}): BrowserOpener {
  const launch = options.launch ?? launchDetached;
  return async (url) => {
    if (!isSafeUrl(url)) throw unsafe();
    for (const command of browserCommands(new URL(url).href, options)) {
      if (await launch(command)) return true;
    }
    return false;
  };
}

/** The commands to try, in order. The address is always one argument of its own and never part of a command line. */
export function browserCommands(url: string, options: OpenBrowserOptions): readonly (readonly string[])[] {
  const env = options.env ?? process.env;
  const chosen = (options.variable && env[options.variable]) || env.BROWSER;
  if (chosen === 'none') return [];
  if (chosen) return [[...chosen.split(/\s+/).filter((word) => word !== '%s' && word !== ''), url]];
  const platform = options.platform ?? process.platform;
  if (platform === 'darwin') return [['open', url]];
  // Not `cmd /c start`, which splits the address at each "&".
  if (platform === 'win32') return [['rundll32', 'url.dll,FileProtocolHandler', url]];
  if (!isWsl(env)) return [['xdg-open', url]];
  // explorer.exe would open the page and still report a failure.
  const quoted = `'${url.replaceAll("'", "''")}'`;
  return [
    ['wslview', url],
    ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', `Start-Process ${quoted}`],
    ['xdg-open', url],
  ];
}

/** True inside the Windows Subsystem for Linux. */
export function isWsl(env: NodeJS.ProcessEnv): boolean {
  if (env.WSL_DISTRO_NAME || env.WSL_INTEROP) return true;
  try {
    return !existsSync('/.dockerenv') && /microsoft/i.test(readFileSync('/proc/version', 'utf8'));
  } catch {
    return false;
  }
}

function launchDetached(command: readonly string[]): Promise<boolean> {
  const [program = '', ...rest] = command;
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: 'ignore', detached: true, shell: false });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    // A launcher that is still running after this long is the browser itself.
    setTimeout(() => resolve(true), 1_500).unref();
    child.unref();
  });
}

function unsafe(): ConfigurationError {
  return new ConfigurationError({
    message: 'The address is not opened.',
    reason: 'Only https addresses are opened, and http addresses of this computer.',
    hint: 'Check the address of the server.',
  });
}
