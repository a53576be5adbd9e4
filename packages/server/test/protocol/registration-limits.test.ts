import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeLeftoverClients } from '../../src/protocol/registration/remove-leftovers.js';
import { administrator, type Caller } from '../admin/caller.js';
import { startServer, type TestServer } from '../support/server.js';

/** How many clients may come, who lets them in, and when they go. */

const LOOPBACK = 'http://127.0.0.1/callback';
const DAY = 86_400;

let server: TestServer;
let admin: Caller;

beforeAll(async () => {
  server = await startServer({ settings: { 'clients.registration': 'token', 'clients.registered_max': 5 } });
  admin = await administrator(server);
});
afterAll(() => server.stop());

const register = async (token?: string, fields: object = {}) => {
  const response = await fetch(`${server.url}/api/v1/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ redirect_uris: [LOOPBACK], ...fields }),
  });
  const body = (await response.json()) as { client_id: string; error?: string };
  return { status: response.status, body, headers: response.headers };
};

const exists = async (clientId: string) => (await server.context.store.clients.find(clientId)) !== undefined;
const sweep = () => removeLeftoverClients(server.context.clock.now(), server.context);

describe('where an administrator lets clients in', () => {
  // @check 240
  it('nobody registers without the token, and each is good so often', async () => {
    const refused = await register();
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const { body } = await admin.call('createRegistrationToken', { body: { uses: 2 } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => register(body.registration_token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 401, 401, 401]);
    expect((await register('wrong')).status).toBe(401);
    const later = await admin.call('createRegistrationToken', { body: { expires_in_seconds: 60 } });
    server.clock.advance(61);
    expect((await register(later.body.registration_token)).status).toBe(401);
  });

  it('a client that came with a token is never swept away, and may be a website', async () => {
    const { body } = await admin.call('createRegistrationToken', { body: {} });
    const made = await register(body.registration_token, { redirect_uris: ['https://app.example/callback'] });
    expect(made.body).toMatchObject({ application_type: 'web', token_endpoint_auth_method: 'client_secret_basic' });
    server.clock.advance(200 * DAY);
    await sweep();
    expect(await exists(made.body.client_id)).toBe(true);
    // Their own login has ended meanwhile.
    admin = await administrator(server);
  });
});

describe('where anybody may', () => {
  let open: TestServer;
  beforeAll(async () => {
    open = await startServer({ settings: { 'clients.registered_max': 5 } });
  });
  afterAll(() => open.stop());

  const come = async (fields: object = {}) => {
    const response = await fetch(`${open.url}/api/v1/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [LOOPBACK], ...fields }),
    });
    const body = (await response.json()) as { client_id: string; error?: string; error_description?: string };
    return { status: response.status, body, headers: response.headers };
  };
  const knows = async (clientId: string) => (await open.context.store.clients.find(clientId)) !== undefined;
  const sweepOpen = () => removeLeftoverClients(open.context.clock.now(), open.context);

  // @check 240
  it('one address range has room for a class, and is then told to wait', async () => {
    open.clock.advance(61);
    const answers = await Promise.all(Array.from({ length: 65 }, () => come()));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0]?.body).toMatchObject({ error: 'temporarily_unavailable' });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    open.clock.advance(61);
    const { body } = await come();
    // anki-mcp#71: no cap refuses; the oldest that nobody used go
    await sweepOpen();
    expect(await knows(body.client_id)).toBe(true);
    expect(await open.context.store.selfRegistered.count()).toBe(5);
  });

  it('a client that nobody uses is gone after a day; one with a living login stays, and goes 90 days after it', async () => {
    open.clock.advance(61);
    const { body: unused } = await come();
    const { body: used } = await come();
    const user = await open.given.user();
    const client = await open.context.store.clients.find(used.client_id);
    if (client === undefined) throw new Error('not registered');
    await open.given.tokens({
      user,
      client: { client, clientId: client.clientId, secret: '', basic: {} },
      parameters: { redirect_uri: LOOPBACK },
    });
    open.clock.advance(DAY + 1);
    await sweepOpen();
    expect([await knows(unused.client_id), await knows(used.client_id)]).toEqual([false, true]);
    const grantDays = open.context.settings['tokens.refresh_absolute_lifetime'] / DAY;
    open.clock.advance((grantDays - 2) * DAY);
    await sweepOpen();
    open.clock.advance(89 * DAY);
    await sweepOpen();
    expect(await knows(used.client_id)).toBe(true);
    open.clock.advance(5 * DAY);
    await sweepOpen();
    expect(await knows(used.client_id)).toBe(false);
    const gone = await open.context.store.admin.audit.newest({ action: 'client.expired' }, { limit: 1 });
    expect(gone[0]).toMatchObject({ target: { id: used.client_id }, actor: { type: 'system' } });
  });

  // @check 237, 242
  // keycloak#50529: the list of a sector is fetched like any address of a stranger
  it('reads the list of a sector from public addresses alone', async () => {
    open.clock.advance(61);
    for (const sector_identifier_uri of ['https://127.0.0.1/list', 'https://169.254.169.254/list'])
      expect((await come({ subject_type: 'pairwise', sector_identifier_uri })).body).toEqual({
        error: 'invalid_client_metadata',
        error_description: 'sector_identifier_uri could not be read as a JSON list of addresses.',
      });
    const hosts = { redirect_uris: ['https://one.example/cb', 'https://two.example/cb'], subject_type: 'pairwise' };
    expect((await come(hosts)).body.error).toBe('invalid_client_metadata');
  });
});

it('an administrator may answer for a client: it is no stranger any more', async () => {
  const { body: token } = await admin.call('createRegistrationToken', { body: {} });
  const { body } = await register(token.registration_token);
  const listed = await admin.call('listClients', { query: { origin: 'registered' } });
  expect(listed.body.map((client) => client.client_id)).toContain(body.client_id);
  const params = { client_id: body.client_id };
  const adopted = await admin.call('updateClient', { params, body: { origin: 'admin' } });
  expect(adopted.body.origin).toBe('admin');
  const { events } = (await admin.call('listAuditEvents', { query: { target_id: body.client_id } })).body;
  expect(events.map(({ action }) => action)).toEqual(['client.adopted', 'client.registered']);
});

// @check 246
it('an administrator may replace the token with which a client manages itself', async () => {
  const { body: token } = await admin.call('createRegistrationToken', { body: {} });
  const { body } = await register(token.registration_token);
  const made = body as typeof body & { registration_access_token: string; registration_client_uri: string };
  const read = async (bearer: string) =>
    (await fetch(made.registration_client_uri, { headers: { authorization: `Bearer ${bearer}` } })).status;
  expect(await read(made.registration_access_token)).toBe(200);
  const reset = await admin.call('resetRegistrationToken', { params: { client_id: body.client_id } });
  expect(await read(made.registration_access_token)).toBe(401);
  expect(await read(reset.body.registration_access_token)).toBe(200);
});
