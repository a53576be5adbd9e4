import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../packages/server/test/support/settings.js';

export interface AuthlyProcess {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Everything that it printed. */
  output(): string;
  /** Ends it with a signal and waits. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export const AUTHLY = fileURLToPath(new URL('../../packages/cli/bin/authly.cjs', import.meta.url));

export const ADMIN_PASSWORD = 'a-long-Admin-passw0rd-for-tests!';

/** The secrets of one installation; two starts with the same ones continue each other. */
export function installation(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    JWT_SECRET_KEY: randomBytes(48).toString('base64'),
    JWT_REFRESH_SECRET_KEY: randomBytes(48).toString('base64'),
    AUTHLY_ADMIN_PASSWORD: ADMIN_PASSWORD,
    AUTHLY_BOOTSTRAP_DEV_MODE: 'true',
    AUTHLY_PASSWORD_GRANT_ENABLED: 'true',
    AUTHLY_ADMIN_API_LOCALHOST_ONLY: 'true',
    ACCESS_LOG: 'false',
  };
}

/** Starts the real command and waits until it answers. */
export async function startAuthly(
  environment: Record<string, string>,
  options: { readonly arguments?: readonly string[]; readonly port?: number } = {},
): Promise<AuthlyProcess> {
  if (!existsSync(AUTHLY.replace('bin/authly.cjs', 'dist/authly.cjs')))
    throw new Error('The command is not built: run npm run build first.');
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AUTHLY_|JWT_|DATABASE_URL|VITEST|NODE_OPTIONS)/.test(name)),
  );
  const child = spawn(process.execPath, [AUTHLY, 'serve', '--port', String(port), ...(options.arguments ?? [])], {
    env: { ...inherited, AUTHLY_ISSUER: url, ...environment } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const running: AuthlyProcess = {
    url,
    port,
    child,
    output: () => output,
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
  await answers(running, ended);
  return running;
}

async function answers(running: AuthlyProcess, ended: Promise<number | null>): Promise<void> {
  let exited = false;
  void ended.then(() => {
    exited = true;
  });
  const until = Date.now() + 40_000;
  while (Date.now() < until) {
    const ready = await fetch(`${running.url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    if (exited) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  running.child.kill('SIGKILL');
  throw new Error(`authly serve did not answer:\n${running.output()}`);
}
