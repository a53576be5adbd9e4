import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { removeFolder } from '../../../packages/server/test/support/remove-folder.js';
import { AUTHLY, type AuthlyProcess, startAuthly } from '../../support/authly-process.js';

/** `authly serve --ephemeral --seed --proxies`, and a person who is logged in to it on the command line. */
export interface TokensAsPasswords {
  readonly authly: AuthlyProcess;
  /** Of the PostgreSQL proxy. */
  readonly port: number;
  /** What `authly` needs to be that person. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs `authly`. */
  command(words: readonly string[], input?: string): Promise<Ended>;
  token(scope: string): Promise<string>;
  stop(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Of the accounts that --seed makes. */
const SEED_PASSWORD = 'Test123!';

export async function startTokensAsPasswords(): Promise<TokensAsPasswords> {
  const home = mkdtempSync(join(tmpdir(), 'authly-databases-'));
  const authly = await startAuthly(
    { AUTHLY_HOME: home, ACCESS_LOG: 'false' },
    { arguments: ['--ephemeral', '--seed', '--proxies', '--postgres-proxy-port', '0'] },
  );
  const port = await vi.waitFor(() => {
    const found = /psql -h 127\.0\.0\.1 -p (\d+)/.exec(authly.output())?.[1];
    if (found === undefined) throw new Error(`the proxy is not there:\n${authly.output()}`);
    return Number(found);
  }, 60_000);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: home,
    LANG: 'C.UTF-8',
    AUTHLY_HOME: home,
    AUTHLY_API_URL: authly.url,
    AUTHLY_STORAGE: 'file',
  };
  const command: TokensAsPasswords['command'] = (words, input) =>
    runProgram(process.execPath, [AUTHLY, ...words], { env }, input);
  return {
    authly,
    port,
    env,
    command,
    async token(scope) {
      const response = await fetch(`${authly.url}/api/v1/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'password', username: 'admin', password: SEED_PASSWORD, scope }),
      });
      const { access_token: token } = (await response.json()) as { access_token?: string };
      if (token === undefined) throw new Error(`no token: ${response.status}`);
      return token;
    },
    async stop() {
      await authly.end();
      await removeFolder(home);
    },
  };
}

export async function logIn({ command }: TokensAsPasswords, ...scopes: readonly string[]): Promise<void> {
  const words = ['admin', 'auth', 'login', '--username', 'admin', '--password-stdin'];
  const ended = await command([...words, ...scopes.flatMap((scope) => ['--scope', scope])], SEED_PASSWORD);
  if (ended.code !== 0) throw new Error(`the login failed: ${ended.err}`);
}

export async function runProgram(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
  input = '',
): Promise<Ended> {
  const child = spawn(program, args, { ...options, stdio: 'pipe' });
  const ended = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (ended.out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (ended.err += part));
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, ...ended };
}
