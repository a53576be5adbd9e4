import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../packages/server/test/support/settings.js';
import { ADMIN_PASSWORD, AUTHLY, type AuthlyProcess, installation, startAuthly } from '../../support/authly-process.js';

/** What `client create --preset` answers, as far as the tests read it. */
export interface Registration {
  readonly client_id: string;
  readonly client_secret: string | null;
  readonly preset?: { readonly files: readonly { readonly path: string; readonly text: string }[] };
}

export interface Authly {
  readonly issuer: string;
  readonly process: AuthlyProcess;
  /** Runs a command of the administrator, who is logged in, and reads its JSON. */
  admin(words: readonly string[], input?: string): Promise<unknown>;
}

export const PERSON = {
  username: 'ann',
  password: 'Rowing-upstream-7!',
  email: 'ann@example.com',
  name: 'Ann Example',
};

/** A server as somebody starts it on their own machine, with one person in it. */
export async function startWithPerson(databaseUrl: string): Promise<Authly> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const running = await startAuthly({ ...installation(databaseUrl), AUTHLY_ISSUER: issuer }, { port });
  const home = mkdtempSync(join(tmpdir(), 'authly-connect-'));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    AUTHLY_HOME: home,
    AUTHLY_API_URL: issuer,
    AUTHLY_STORAGE: 'file',
  };
  const run = async (words: readonly string[], input = ''): Promise<string> => {
    const child = spawn(process.execPath, [AUTHLY, 'admin', ...words], { env });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()));
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`authly admin ${words.join(' ')}: ${code}\n${output.err}${output.out}`);
    return output.out;
  };
  await run(['auth', 'login', '--username', 'admin', '--password-stdin'], ADMIN_PASSWORD);
  const [given = '', family = ''] = PERSON.name.split(' ');
  const person = [
    '--username',
    PERSON.username,
    '--email',
    PERSON.email,
    '--given-name',
    given,
    '--family-name',
    family,
  ];
  await run(['user', 'create', ...person, '--verified', '--password-stdin'], PERSON.password);
  return {
    issuer,
    process: running,
    admin: async (words, input) => JSON.parse(await run([...words, '--output', 'json'], input)) as unknown,
  };
}
