import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { administrator, type Caller, callerWith } from '../admin/caller.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let admin: Caller;
let nobody: Caller;

beforeAll(async () => {
  server = await startServer();
  admin = await administrator(server);
  nobody = callerWith(server, undefined);
});
// Twenty a minute are enough for an address, not for this file.
beforeEach(() => server.context.limiter.reset(['api:registerAccount:127.0.0.1']));
afterAll(() => server.stop());

const PASSWORD = 'correct horse battery';
let serial = 0;

function someone(more: Record<string, unknown> = {}): { username: string; email: string; password: string } {
  serial += 1;
  return { username: `someone_${serial}`, email: `someone${serial}@example.org`, password: PASSWORD, ...more };
}

async function login(username: string, password: string = PASSWORD): Promise<number> {
  const form = { grant_type: 'password', username, password };
  return (await server.post('/api/v1/oauth/token', form)).status;
}

describe('a person who registers', () => {
  it('may sign in at once, by name', async () => {
    const body = someone();
    const { status, body: account } = await nobody.call('registerAccount', { body });
    expect([status, account.is_verified]).toEqual([201, false]);
    expect(await login(body.username)).toBe(200);
  });

  it('learns nothing about whose addresses there are, and takes none from its owner', async () => {
    const owner = await server.given.user();
    const fresh = await nobody.call('registerAccount', { body: someone() });
    const body = someone({ email: owner.user.email });
    const same = await nobody.call('registerAccount', { body });
    expect([same.status, Object.keys(same.body)]).toEqual([fresh.status, Object.keys(fresh.body)]);
    expect(await login(owner.user.email, owner.password)).toBe(200);
    expect(await login(owner.user.email)).toBe(400);
    expect(await login(body.username)).toBe(200);
    expect((await admin.call('verifyAccount', { params: { user_id: same.body.id } })).status).toBe(400);
  });

  it('before the owner of an address does, leaves it to them', async () => {
    const stranger = someone();
    const first = await nobody.call('registerAccount', { body: stranger });
    const own = someone({ email: stranger.email.toUpperCase(), password: 'another horse battery' });
    const second = await nobody.call('registerAccount', { body: own });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await login(stranger.email)).toBe(400);
    expect((await admin.call('verifyAccount', { params: { user_id: second.body.id } })).status).toBe(200);
    expect(await login(stranger.email)).toBe(400);
    expect(await login(stranger.email, 'another horse battery')).toBe(200);
    const given = await admin.call('createUser', { body: { ...someone(), email: stranger.email } });
    expect(given.status).toBe(409);
  });

  it.each(['adm1n', 'Root', 'r00t', 'supp0rt', 'AdmIn'])(
    'is not called like those who run the service: %s',
    async (username) => {
      expect((await nobody.call('registerAccount', { body: someone({ username }) })).status).toBe(400);
    },
  );

  it('looks like nobody else, in the eyes of a reader', async () => {
    const names = ['paypal', 'warner_arnold', 'illo', 'mwm'];
    for (const username of names)
      expect((await nobody.call('registerAccount', { body: someone({ username }) })).status).toBe(201);
    for (const username of ['PayPaI', 'paypa1', 'PAYPAL', 'wamer_amold', 'i11o', 'rnvvm'])
      expect([username, (await nobody.call('registerAccount', { body: someone({ username }) })).status]).toEqual([
        username,
        400,
      ]);
  });
});

describe('a user name', () => {
  it.each(['jane.doe', 'jane-doe', 'jo', '7of9', 'a_b.c-d', `x${'y'.repeat(63)}`])('may be %s', async (username) => {
    expect((await nobody.call('registerAccount', { body: someone({ username }) })).status).toBe(201);
    expect(await login(username)).toBe(200);
    const other = await admin.call('createUser', { body: someone({ username: `${username.slice(0, 60)}.2nd` }) });
    expect(other.status).toBe(201);
  });

  it.each([
    '.jane',
    '-jane',
    '_jane',
    'jane.',
    'jane-',
    'ja..ne',
    'j',
    'jane@doe',
    'jane doe',
    `x${'y'.repeat(64)}`,
    'жанна',
  ])('may not be %s, whoever gives it', async (username) => {
    expect((await nobody.call('registerAccount', { body: someone({ username }) })).status).toBe(400);
    expect((await admin.call('createUser', { body: someone({ username }) })).status).toBe(400);
  });
});

describe('an e-mail address', () => {
  it.each([
    "o'brien@example.com",
    'mary.o+tag@example.com',
    "a!#$%&'*+/=?^_`{|}~-b@example.com",
    'x@localhost',
    'x@1.example',
  ])('may be %s, whichever way it comes', async (email) => {
    expect((await nobody.call('registerAccount', { body: someone({ email }) })).status).toBe(201);
    const { status, body } = await admin.call('createUser', { body: someone({ email }) });
    expect([status, body.email]).toEqual([201, email]);
    expect(await login(email)).toBe(200);
  });

  it('of a domain in other letters is kept as mail servers know it, and signs in as typed', async () => {
    const { status, body } = await admin.call('createUser', { body: someone({ email: 'x@Müller.example' }) });
    expect([status, body.email]).toEqual([201, 'x@xn--mller-kva.example']);
    expect(await login('x@müller.example')).toBe(200);
    expect((await admin.call('createUser', { body: someone({ email: 'x@xn--mller-kva.example' }) })).status).toBe(409);
  });

  it.each([
    'nobody',
    '@example.com',
    'a@',
    'a..b@example.com',
    '.a@example.com',
    'a@b@example.com',
    'a@-x.com',
    'ä@example.com',
    'a b@example.com',
    'a@exam ple.com',
    `${'a'.repeat(65)}@example.com`,
    'a@ｅxample.com',
  ])('may not be %s, whichever way it comes', async (email) => {
    expect((await nobody.call('registerAccount', { body: someone({ email }) })).status).toBe(400);
    expect((await admin.call('createUser', { body: someone({ email }) })).status).toBe(400);
  });
});

describe('a new password', () => {
  const changes = async (password: string): Promise<number> => {
    const body = someone();
    await nobody.call('registerAccount', { body });
    const granted = await server.post('/api/v1/oauth/token', { grant_type: 'password', ...body });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const change = { current_password: PASSWORD, new_password: password };
    return (await callerWith(server, token).call('changePassword', { body: change })).status;
  };
  const ways: [string, (password: string) => Promise<number>][] = [
    [
      'registration',
      async (password) => (await nobody.call('registerAccount', { body: someone({ password }) })).status,
    ],
    ['an administrator', async (password) => (await admin.call('createUser', { body: someone({ password }) })).status],
    ['a change', changes],
  ];

  it.each(ways)('given by %s needs no capitals, digits or signs', async (_way, set) => {
    for (const password of ['correct-horse-9-battery', 'blue lamp over river', 'ÄÖÜ äöü ßßß xyz'])
      expect(await set(password)).toBeLessThan(300);
  });

  it.each(ways)('given by %s is none that a guess begins with', async (_way, set) => {
    for (const password of [
      'password',
      'Password1!',
      'p@ssw0rd',
      '12345678',
      'aaaaaaaa',
      'abcabcabc',
      'qwertyui',
      'qwerty123456',
      'abcd1234',
      'iloveyou',
      'ILOVEYOU!!',
      '87654321',
      'passｗord',
      'authly-2',
    ])
      expect([password, await set(password)]).toEqual([password, 400]);
  });

  it.each(ways)('given by %s that is too long is refused, however it is written', async (_way, set) => {
    for (const password of ['x7'.repeat(513), '\u{1f512}q'.repeat(250), '\ufdfaq'.repeat(200)])
      expect(await set(password)).toBe(400);
  });

  it('is not the name of its owner', async () => {
    const me = { username: 'rumpelstilzchen', email: 'straw.to.goldmine@example.org' };
    for (const password of ['rumpelstilzchen', 'Rumpelstilzchen1!', me.email, 'goldmine99'])
      expect((await nobody.call('registerAccount', { body: { ...me, password } })).status).toBe(400);
    const body = { ...me, password: 'rumpelstilzchen and straw' };
    expect((await nobody.call('registerAccount', { body })).status).toBe(201);
  });
});

describe('a preferred user name', () => {
  const setOwn = async (wanted: Record<string, unknown>): Promise<Response> => {
    const person = await server.given.user();
    const { access_token: token } = await server.given.passwordTokens(person, ['openid', 'profile']);
    return fetch(`${server.url}/oidc/userinfo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    });
  };

  it('cannot be the name of somebody else, nor look like it', async () => {
    for (const preferred of ['admin', 'ADMIN', 'adm1n', 'ɑdmin', 'admın'])
      expect((await setOwn({ preferred_username: preferred })).status).toBe(400);
    expect((await setOwn({ preferred_username: 'the_countess' })).status).toBe(200);
    const { user } = await server.given.user();
    const body = { preferred_username: 'adm1n' };
    expect((await admin.call('updateUser', { params: { user_id: user.id }, body })).status).toBe(400);
  });

  it('cannot be registered by somebody else afterwards', async () => {
    expect((await setOwn({ preferred_username: 'duchess' })).status).toBe(200);
    expect((await nobody.call('registerAccount', { body: someone({ username: 'duchess' }) })).status).toBe(400);
  });

  it.each(['profile', 'website', 'picture'])('has a %s whose address shows where it leads', async (field) => {
    for (const address of ['https://bank.example@evil.example/', 'https://a:b@c.example', 'https://@c.example'])
      expect((await setOwn({ [field]: address })).status).toBe(400);
    expect((await setOwn({ [field]: 'https://c.example/@me' })).status).toBe(200);
  });
});
