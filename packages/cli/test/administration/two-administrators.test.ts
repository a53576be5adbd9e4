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

  test('lose nothing of scopes and people either, and of two who create the same one is told', async () => {
    const other = admin.another();
    await logIn(other);
    await cli.json(['admin', 'scope', 'create', '--name', 'shared:one', '--description', 'x']);
    await cli.json(['admin', 'user', 'create', '--username', 'shared', '--email', 'shared@example.org']);
    const changes = await Promise.all([
      cli.run(['admin', 'scope', 'update', 'shared:one', '--description', 'Described']),
      other.run(['admin', 'scope', 'update', 'shared:one', '--make-default']),
      cli.run(['admin', 'user', 'update', 'shared', '--given-name', 'Ada']),
      other.run(['admin', 'user', 'update', 'shared', '--family-name', 'Lovelace']),
      cli.run(['admin', 'user', 'update', 'shared', '--verify']),
      other.run(['admin', 'user', 'update', 'shared', '--nickname', 'Countess']),
    ]);
    expect(changes.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(changes.map(() => '0'));
    expect(await cli.json(['admin', 'scope', 'show', 'shared:one'])).toMatchObject({
      description: 'Described',
      is_default: true,
    });
    expect(await cli.json(['admin', 'user', 'show', 'shared'])).toMatchObject({
      given_name: 'Ada',
      family_name: 'Lovelace',
      nickname: 'Countess',
      is_verified: true,
    });
    const same = ['admin', 'scope', 'create', '--name', 'shared:two', '--description', 'x'];
    const creations = await Promise.all([cli.run(same), other.run(same)]);
    expect(creations.map(({ code }) => code).toSorted()).toEqual([0, 6]);
  });

  test('who give a client new secrets at the same time both have one that works, while they overlap', async () => {
    const other = admin.another();
    await logIn(other);
    const id = await newClient('--grant-type', 'client_credentials');
    const words = ['admin', 'client', 'regenerate-secret', id, '--overlap', '1h', '--confirm'];
    const answers = await Promise.all([cli, other].map((one) => one.json<{ client_secret: string }>(words)));
    for (const { client_secret: secret } of answers) {
      const basic = Buffer.from(`${id}:${secret}`).toString('base64');
      const token = await admin
        .server()
        .post('/api/v1/oauth/token', { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` });
      expect(token.status).toBe(200);
    }
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
    await cli.run(words, { stdin: 'two keys for one door' });
    const other = admin.another();
    await logIn(other, 'second', 'two keys for one door');
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
