import { expect, test } from 'vitest';
import type { Outcome } from '../support/cli.js';
import { ADMIN_PASSWORD, administration } from '../support/server.js';

/** AUTHLY_LOG_LEVEL and AUTHLY_DEBUG_HTTP are for sending to somebody who helps: whatever is done, no secret is in them. */

const admin = administration();

const TRACED = { AUTHLY_LOG_LEVEL: 'TRACE', AUTHLY_DEBUG_HTTP: 'true' };

test('a trace tells every request and no secret, from the login to the last refusal', async () => {
  const cli = admin.another();
  const secrets = new Set<string>([ADMIN_PASSWORD, 'A-wrong-passw0rd!', 'Bobs-own-passw0rd!']);
  const traces: string[] = [];
  const traced = async (words: string, more: { stdin?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Outcome> => {
    const outcome = await cli.run(['admin', ...words.split(' ')], { ...more, env: { ...TRACED, ...more.env } });
    traces.push(outcome.stderr);
    return outcome;
  };
  const secretIn = async (words: string, field: string, more: { stdin?: string } = {}): Promise<string> => {
    const { stdout } = await traced(`${words} --output json`, more);
    const value: unknown = (JSON.parse(stdout) as Record<string, unknown>)[field];
    if (typeof value !== 'string') throw new Error(`${words} answered no ${field}`);
    secrets.add(value);
    return value;
  };

  await traced('auth login -u admin --password-stdin', { stdin: 'A-wrong-passw0rd!' });
  const shown = await traced('auth login -u admin --password-stdin --show-token', { stdin: ADMIN_PASSWORD });
  for (const [, token = ''] of shown.stdout.matchAll(/(?:Access|Refresh) token: (\S+)/g)) secrets.add(token);
  await traced(`auth login -u admin --password ${ADMIN_PASSWORD}`);
  const token = (await traced('auth token')).stdout.trim();
  secrets.add(token);
  await traced('auth refresh');
  secrets.add((await traced('auth token')).stdout.trim());

  const confidential = 'client create --name Traced --type confidential --redirect-uri https://app.example/cb';
  await secretIn(confidential, 'client_secret');
  const id = await secretIn(
    'client create --name Two --type confidential --redirect-uri https://a.example/cb',
    'client_id',
  );
  secrets.delete(id);
  await secretIn(`client regenerate-secret ${id} --confirm`, 'client_secret');
  await secretIn('user create --username traced --email traced@example.org', 'temporary_password');
  await traced('user create --username bob --email bob@example.org --password-stdin', { stdin: 'Bobs-own-passw0rd!' });
  await secretIn('user reset-password traced --confirm', 'temporary_password');
  const key = await secretIn('apikey create --name traced --scope admin:clients:read', 'api_key');
  await traced('client list', { env: { AUTHLY_API_KEY: key } });
  await traced('client list', { env: { AUTHLY_TOKEN: token } });
  await traced('scope list', { env: { AUTHLY_API_KEY: key } });
  await traced('client list', { env: { AUTHLY_TOKEN: `${token.slice(0, -4)}AAAA` } });
  await traced('client show nobody');
  await traced('auth logout');
  await traced('client list');

  const trace = traces.join('\n');
  expect(secrets.size).toBeGreaterThan(10);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(7);
    // Not even in part: a token is three parts, and each says something.
    for (const part of secret.split('.'))
      expect(trace.includes(part), `${part.slice(0, 6)}… is in the trace`).toBe(false);
  }
  expect(trace).not.toMatch(/eyJ[\w-]{10}/);
  // And yet it tells what happened.
  for (const told of [
    'DEBUG authly admin client create',
    `HTTP > POST ${admin.url()}/admin/clients`,
    'HTTP > Authorization: Bearer [secret]',
    'HTTP < 201 after',
    'HTTP < 404 after',
    'of body, not shown)',
    '/oauth/',
  ])
    expect(trace).toContain(told);
});
