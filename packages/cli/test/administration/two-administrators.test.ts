import { beforeAll, describe, expect, test } from 'vitest';
import { administration, logIn } from '../support/server.js';

const admin = administration();
const { cli } = admin;
beforeAll(() => admin.logIn());

async function newClient(...more: readonly string[]): Promise<string> {
  const words = 'admin client create --name App --type confidential --redirect-uri https://app.example/cb'.split(' ');
  return String((await cli.json([...words, ...more]))['client_id']);
}

describe('two administrators at once', () => {
  test('lose nothing: changes of different fields are both kept, and so are additions to one list', async () => {
    const other = admin.another();
    await logIn(other);
    const id = await newClient();
    const outcomes = await Promise.all([
      cli.run(['admin', 'client', 'update', id, '--name', 'Renamed']),
      other.run(['admin', 'client', 'update', id, '--client-uri', 'https://app.example']),
      ...[1, 2, 3, 4].map((n) =>
        (n % 2 ? cli : other).run(['admin', 'client', 'update', id, '--add-redirect-uri', `https://app.example/${n}`]),
      ),
    ]);
    expect(outcomes.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(outcomes.map(() => '0'));
    const client = await cli.json<{ redirect_uris: string[] }>(['admin', 'client', 'show', id]);
    expect(client).toMatchObject({ client_name: 'Renamed', client_uri: 'https://app.example' });
    expect([...client.redirect_uris].sort()).toEqual([
      'https://app.example/1',
      'https://app.example/2',
      'https://app.example/3',
      'https://app.example/4',
      'https://app.example/cb',
    ]);
  });
});

describe('the last administrator', () => {
  test('cannot be removed, even by two who deactivate each other', async () => {
    const words = [
      'admin',
      'user',
      'create',
      '--username',
      'second',
      '--email',
      'second@example.com',
      '--admin',
      '--verified',
      '--password-stdin',
    ];
    await cli.run(words, { stdin: 'Second123!' });
    const other = admin.another();
    await logIn(other, 'second', 'Second123!');
    const outcomes = await Promise.all([
      cli.run(['admin', 'user', 'update', 'second', '--deactivate']),
      other.run(['admin', 'user', 'update', 'admin', '--deactivate']),
    ]);
    const left = await Promise.all(
      [cli, other].map((one) => one.run(['admin', 'user', 'list', '--admin', '-o', 'json'])),
    );
    expect(outcomes.some(({ code }) => code !== 0)).toBe(true);
    expect(left.some(({ code }) => code === 0)).toBe(true);
  });
});
