import { beforeAll, describe, expect, test } from 'vitest';
import { administration } from '../support/server.js';
import { terminals } from '../support/pty.js';

const admin = administration();
const { cli } = admin;
const open = terminals(cli);
beforeAll(async () => {
  await admin.logIn();
  await cli.json([
    'admin',
    'client',
    'create',
    '--name',
    'An application with a rather long name',
    '--type',
    'public',
    '--redirect-uri',
    'http://localhost/cb',
  ]);
});

const wide = (line: string) => [...line].length;

describe.each([40, 80, 120])('in a terminal of %i columns', (columns) => {
  test.each([
    'client list',
    'scope list',
    'user list',
    'audit list',
    'keys list',
    'apikey list',
    'auth list',
    'status',
    'auth info',
  ])('%s stays within it, and cuts no identifier', async (command) => {
    const { code, text } = await open(`authly admin ${command}`, { columns }).ends();
    expect(code).toBe(0);
    for (const line of text.split('\n'))
      if (line.includes('│') || line.includes('─')) expect(wide(line)).toBeLessThanOrEqual(columns);
    if (command === 'client list') {
      const { clients } = await cli.json<{ clients: { client_id: string }[] }>(['admin', 'client', 'list']);
      const joined = text.replaceAll('\n', '');
      for (const { client_id: id } of clients) expect(joined).toContain(id);
    }
  });
});

test('a terminal gets colours, and none with NO_COLOR, --no-color or TERM=dumb', async () => {
  const colored = async (line: string, env: NodeJS.ProcessEnv = {}) =>
    (await open(`${line} | cat -v`, { env: { ...env, FORCE_COLOR: '1' } }).ends()).text.includes('^[[');
  expect(await colored('authly admin status')).toBe(true);
  expect(await colored('authly admin status', { NO_COLOR: '1' })).toBe(false);
  expect(await colored('authly admin status --no-color')).toBe(false);
});

test('a table is for people: the same list in a pipe is one line an entry', async () => {
  const { text } = await open('authly admin client list | cat', { columns: 200 }).ends();
  expect(text).not.toMatch(/[│┌]/);
  const { total } = await cli.json<{ total: number }>(['admin', 'client', 'list']);
  expect(text.split('\n')).toHaveLength(total);
});

test('a question that is not answered with yes changes nothing', async () => {
  const id = String(
    (await cli.json('admin client create --name Kept --type public --redirect-uri http://localhost/cb'.split(' ')))[
      'client_id'
    ],
  );
  const screen = open(`authly admin client delete ${id}`, { columns: 120 });
  await screen.shows(/\[y\/N\]:/);
  screen.type('n');
  screen.enter();
  expect((await screen.ends()).code).toBe(130);
  expect((await cli.run(['admin', 'client', 'show', id])).code).toBe(0);
});
