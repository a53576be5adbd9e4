/** A command-line tool of the tests: a home of its own, a person at a scripted terminal, a small browser. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIAuthenticator, type CLIAuthenticatorOptions } from '../../src/cli.js';
import { createFakeTerminal, type FakeTerminal } from '../../src/testing.js';
import { createBrowser, type Page } from './browser.js';

export interface Tool {
  readonly authenticator: CLIAuthenticator;
  readonly terminal: FakeTerminal;
  /** The pages that the browser was sent to. */
  readonly visits: string[];
  readonly pages: Promise<Page>[];
  readonly configDir: string;
  readonly env: Record<string, string>;
  readTokenFile(): Promise<string>;
  /** The same tool in another process, as far as files go. */
  again(change?: Partial<CLIAuthenticatorOptions>): CLIAuthenticator;
}

export interface ToolOptions extends Partial<CLIAuthenticatorOptions> {
  readonly variables?: Record<string, string>;
  readonly interactive?: boolean;
  readonly opens?: (url: string) => Promise<boolean>;
}

/** A tool at a desk: a person, a display, a browser, no keyring. */
export async function givenTool(options: ToolOptions = {}): Promise<Tool> {
  const home = await mkdtemp(join(tmpdir(), 'authly-tool-'));
  const configDir = join(home, '.config', 'my-app');
  const env = { HOME: home, DISPLAY: ':0', MY_APP_STORAGE: 'file', ...options.variables };
  const terminal = createFakeTerminal({ interactive: options.interactive });
  const visits: string[] = [];
  const pages: Promise<Page>[] = [];
  const settings: CLIAuthenticatorOptions = {
    appName: 'my-app',
    loginCommand: 'my-app login',
    continuesLogins: true,
    env,
    terminal,
    browser: async (url) => {
      visits.push(url);
      if (options.opens) return options.opens(url);
      pages.push(createBrowser().open(url));
      return true;
    },
    scopes: ['openid', 'profile', 'offline_access'],
    clientId: 'cli',
    remote: false,
    ...options,
  };
  return {
    authenticator: new CLIAuthenticator(settings),
    terminal,
    visits,
    pages,
    configDir,
    env,
    readTokenFile: () => readFile(join(configDir, 'credentials.json'), 'utf8'),
    again: (change) => new CLIAuthenticator({ ...settings, ...change }),
  };
}
