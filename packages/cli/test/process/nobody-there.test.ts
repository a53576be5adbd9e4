import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import type { Command } from '../../src/program/command.js';
import { leaves } from '../../src/reference/walk.js';
import type { Cli, Outcome, RunOptions } from '../support/cli.js';
import { everyCommand, type Sample, type Things } from '../support/every-command.js';
import { administration, logIn } from '../support/server.js';

/** Every command where nobody can answer: in a pipeline, in CI, under a program that drives terminals. With a login and a server. */

const admin = administration({ 'admin.rate_limit': 100_000 });
let serial = 0;

/** Programs that open a browser leave a mark when they are called. */
const browsers = join(admin.cli.home, 'browsers');
const mark = join(admin.cli.home, 'a-browser-was-opened');
beforeAll(() => {
  mkdirSync(browsers);
  for (const name of ['xdg-open', 'open', 'x-www-browser', 'www-browser', 'sensible-browser', 'wslview', 'gio']) {
    writeFileSync(join(browsers, name), `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(join(browsers, name), 0o755);
  }
});

/** A computer with a login, and things on the server that may be changed and destroyed. */
async function prepared(): Promise<{ readonly cli: Cli; readonly things: Things }> {
  serial += 1;
  const cli = admin.another();
  await logIn(cli);
  const [scope, user, fresh] = [`scope:${serial}`, `user_${serial}`, `fresh_${serial}`];
  const client = ['--name', 'Mine', '--type', 'confidential', '--redirect-uri', 'https://app.example/cb'];
  const { client_id: clientId } = await cli.json<{ client_id: string }>(['admin', 'client', 'create', ...client]);
  await cli.json(['admin', 'scope', 'create', '--name', scope, '--description', 'x']);
  const registered = await fetch(`${admin.url()}/api/v1/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/'] }),
  });
  const { client_id: registeredId } = (await registered.json()) as { client_id: string };
  const resource = `https://${serial}.example/mcp`;
  await cli.json(['admin', 'resource', 'create', resource, '--name', 'Mine', '--open']);
  await cli.json(['admin', 'user', 'create', '--username', user, '--email', `${user}@example.org`]);
  const { id: apiKeyId } = await cli.json<{ id: string }>([
    'admin',
    'apikey',
    'create',
    '--name',
    'k',
    '--scope',
    'read',
  ]);
  const { keys } = await cli.json<{ keys: { kid: string; algorithm: string }[] }>(['admin', 'keys', 'list']);
  const keyId = keys.find(({ algorithm }) => algorithm === 'RS256')?.kid ?? '';
  const { profiles } = await cli.json<{ profiles: { name: string }[] }>(['admin', 'auth', 'list']);
  const refused = await fetch(`${admin.url()}/api/v1/oauth/authorize?client_id=nobody`);
  const requestId = refused.headers.get('x-request-id') ?? '';
  const login = profiles[0]?.name ?? '';
  return { cli, things: { clientId, registeredId, scope, resource, user, fresh, apiKeyId, keyId, requestId, login } };
}

/** How nobody is there, and which commands could take notice of it. */
const SILENT: Readonly<Record<string, readonly [options: RunOptions, commands: ReadonlySet<string>]>> = {
  '</dev/null': [{}, commandsWith(() => true)],
  'a pipe without anything in it': [{ stdin: '' }, commandsWith(talks)],
  'CI=true': [{ env: { CI: 'true' } }, commandsWith(talks)],
  'CLAUDECODE=1': [{ env: { CLAUDECODE: '1' } }, commandsWith(talks)],
};

function commandsWith(has: (command: Command) => boolean): ReadonlySet<string> {
  const found = leaves(commandTree).filter(({ node, path }) => path[1] === 'admin' && has(node));
  return new Set(found.map(({ path }) => path.slice(2).join(' ')));
}

/** It may ask a person, or reads a secret from standard input. */
function talks({ shared, options }: Command): boolean {
  return shared.includes('confirm') || Object.keys(options).some((name) => name.endsWith('Stdin'));
}

async function each(
  cli: Cli,
  samples: Iterable<readonly [path: string, Sample]>,
  run: (path: string, sample: Sample) => Promise<Outcome>,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  // One after the other: some make what others need, and the last ones end the login.
  for (const [path, sample] of samples) outcomes.set(path, await run(path, sample));
  expect(existsSync(mark), `a browser was opened by ${cli.bin}`).toBe(false);
  return outcomes;
}

describe('every command with nobody there', () => {
  test.each(Object.entries(SILENT))(
    'ends with the right code, and asks nothing (%s)',
    async (_how, [options, commands]) => {
      const { cli, things } = await prepared();
      const env = { ...options.env, PATH: `${browsers}:${cli.env['PATH']}` };
      const samples = [...everyCommand(things)].filter(([path, { asks }]) => asks || commands.has(path));
      const outcomes = await each(cli, samples, (path, { words }) =>
        cli.run(['admin', ...path.split(' '), ...words], { ...options, env }),
      );
      expect(outcomes.size).toBe(commands.size);
      for (const [path, { code, stderr, took }] of outcomes) {
        const { asks } = everyCommand(things).get(path) ?? {};
        const expected = path === 'auth login' ? 2 : asks ? 5 : 0;
        expect([path, code, stderr]).toEqual([path, expected, expect.anything()]);
        expect(stderr, path).not.toMatch(/\[y\/N\]|^(?:Password|Username): /m);
        if (asks) expect(stderr, path).toContain('Add --confirm');
        expect(took, path).toBeLessThan(10_000);
      }
    },
  );

  test('does what it says with --confirm, and answers in JSON with --output json', async () => {
    const { cli, things } = await prepared();
    const outcomes = await each(cli, everyCommand(things), (path, { words, asks }) => {
      const given = [...(asks ? ['--confirm'] : []), ...(path === 'auth exec' ? [] : ['--output', 'json'])];
      // The others have acted in a process of their own above.
      const how = asks ? 'run' : 'here';
      return cli[how](['admin', ...path.split(' '), ...given, ...words], { env: { CI: 'true' } });
    });
    for (const [path, { code, stdout, stderr }] of outcomes) {
      if (path === 'auth login') {
        expect([path, code, stdout]).toEqual([path, 2, '']);
        expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'non_interactive', exit_code: 2 } });
        continue;
      }
      expect([path, code, stderr]).toEqual([path, 0, '']);
      if (path === 'auth exec') continue;
      const lines = path === 'audit export' ? stdout.trim().split('\n') : [stdout];
      for (const line of lines) expect(() => JSON.parse(line) as unknown, `${path}: ${line}`).not.toThrow();
    }
  });

  test('changes nothing with --dry-run', async () => {
    const { cli, things } = await prepared();
    const count = async () => (await cli.run(['admin', 'audit', 'export'])).stdout.trim().split('\n').length;
    const before = await count();
    for (const [path, { words }] of everyCommand(things)) {
      if (path === 'auth exec') continue;
      const { code, stderr } = await cli.here(['admin', ...path.split(' '), '--dry-run', ...words]);
      expect([path, code, stderr]).toEqual([path, 0, '']);
    }
    expect(await count()).toBe(before);
    expect((await cli.run(['admin', 'auth', 'whoami'])).code).toBe(0);
  });

  test.each(['auto', 'browser', 'device', 'password', 'client-credentials', 'api-key'])(
    'login --method %s says what to do instead of waiting, and opens no browser',
    async (method) => {
      const cli = admin.another();
      const env = { PATH: `${browsers}:${cli.env['PATH']}`, DISPLAY: ':0' };
      const { code, stderr, stdout, took } = await cli.run(['admin', 'auth', 'login', '--method', method], { env });
      expect([code, stdout]).toEqual([2, '']);
      const told = stderr.slice(stderr.indexOf('❌')).trim().split('\n');
      // What, why, what to do, and the code.
      expect(told.filter((line) => line !== '')).toHaveLength(4);
      expect(took).toBeLessThan(10_000);
      expect(existsSync(mark)).toBe(false);
    },
  );
});
