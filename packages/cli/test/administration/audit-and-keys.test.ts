import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { administration } from '../support/server.js';

const admin = administration();
const { cli } = admin;
beforeAll(() => admin.logIn());

async function newClient(...more: readonly string[]): Promise<string> {
  const words = 'admin client create --name App --type confidential --redirect-uri https://app.example/cb'.split(' ');
  return String((await cli.json([...words, ...more]))['client_id']);
}

describe('the audit log', () => {
  test('shows what was done, by whom, page by page', async () => {
    const id = await newClient();
    const { events } = await cli.json<{ events: { action: string; actor: { name: string } }[] }>([
      'admin',
      'audit',
      'list',
      '--action',
      'client.',
      '--target',
      id,
    ]);
    expect(events).toMatchObject([{ action: 'client.created', outcome: 'success' }]);
    const first = await cli.json<{ events: { seq: number }[]; next_cursor: string }>([
      'admin',
      'audit',
      'list',
      '--limit',
      '2',
    ]);
    const second = await cli.json<{ events: { seq: number }[] }>([
      'admin',
      'audit',
      'list',
      '--limit',
      '2',
      '--cursor',
      first.next_cursor,
    ]);
    expect(second.events[0]?.seq).toBe((first.events.at(-1)?.seq ?? 0) - 1);
  });

  test('is intact, can be exported whole, and holds no secret', async () => {
    const { stdout, code } = await cli.run(['admin', 'audit', 'verify']);
    expect([code, stdout.split('\n')[0]]).toEqual([0, '✓ The audit log is intact']);
    const noted =
      stdout
        .match(/Last: (\d+)\s+Head Hash: ([0-9a-f]{64})/)
        ?.slice(1)
        .join(':') ?? '';
    expect((await cli.run(['admin', 'audit', 'verify', '--anchor', noted])).code).toBe(0);
    expect((await cli.run(['admin', 'audit', 'verify', '--anchor', noted.replace(/.$/, 'x')])).code).toBe(5);
    expect((await cli.run(['admin', 'audit', 'verify', '--anchor', `1${noted}`])).code).toBe(1);
    const path = join(cli.home, 'export.jsonl');
    expect((await cli.run(['admin', 'audit', 'export', '--file', path])).code).toBe(0);
    const events = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; hash: string });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(new Set(events.map(({ hash }) => hash)).size).toBe(events.length);
    expect(readFileSync(path, 'utf8')).not.toMatch(/cs_[A-Za-z0-9_-]{20}|authly_pat_|Test123!|eyJ/);
    expect((await cli.run(['admin', 'audit', 'export', '--outcome', 'failure'])).code).toBe(0);
  });
});

describe('keys', () => {
  test('are rotated with an announcement, and at once only with a yes', async () => {
    const { keys } = await cli.json<{ keys: { state: string }[] }>(['admin', 'keys', 'list']);
    const rotated = await cli.json<{ keys: { state: string; algorithm: string }[] }>([
      'admin',
      'keys',
      'rotate',
      '--algorithm',
      'ES256',
    ]);
    expect(rotated.keys).toMatchObject([{ state: 'announced', algorithm: 'ES256' }]);
    expect((await cli.json<{ keys: unknown[] }>(['admin', 'keys', 'list'])).keys).toHaveLength(keys.length + 1);
    expect((await cli.run(['admin', 'keys', 'rotate', '--immediate'])).code).toBe(5);
    expect((await cli.run(['admin', 'keys', 'list'])).stdout).not.toMatch(/"d"|PRIVATE/);
  });
});

describe('API keys', () => {
  test('are shown once, listed without themselves, replaced and revoked', async () => {
    const words = [
      'admin',
      'apikey',
      'create',
      '--name',
      'report',
      '--scope',
      'admin:clients:read',
      '--expires',
      '90d',
    ];
    const created = await cli.json<{ id: string; api_key: string; expires_at: string }>(words);
    expect(created.api_key).toMatch(/^authly_pat_/);
    expect(Date.parse(created.expires_at)).toBeGreaterThan(Date.now() + 89 * 86_400_000);
    expect((await cli.run(['admin', 'apikey', 'list'])).stdout).not.toContain('authly_pat_');
    const rotated = await cli.json<{ id: string; api_key: string }>([
      'admin',
      'apikey',
      'rotate',
      created.id,
      '--overlap',
      '1h',
      '--confirm',
    ]);
    const works = async (key: string) =>
      (await cli.run(['admin', 'client', 'list'], { env: { AUTHLY_API_KEY: key } })).code;
    expect([await works(created.api_key), await works(rotated.api_key)]).toEqual([0, 0]);
    expect((await cli.run(['admin', 'apikey', 'revoke', rotated.id, '--confirm'])).code).toBe(0);
    expect(await works(rotated.api_key)).toBe(2);
    expect((await cli.run(['admin', 'apikey', 'revoke', 'nosuchkey', '--confirm'])).code).toBe(4);
  });
});
