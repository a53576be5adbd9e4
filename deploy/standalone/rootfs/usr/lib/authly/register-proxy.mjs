/** Registers the client with which a database proxy asks what tokens are worth; prints its id and secret. The one of the start before is removed. */
import { adminToken, call, expectStatus } from './tests/authly.mjs';

const client_name = `Proxy of ${process.argv[2] === 'redis' ? 'Valkey' : 'PostgreSQL'} in the standalone image`;
const token = await adminToken();
const clients = expectStatus(await call('GET', '/admin/clients', { token }), 200, 'the list of clients');
for (const old of clients.filter((client) => client.client_name === client_name))
  await call('DELETE', `/admin/clients/${old.client_id}`, { token });
const json = { client_name, client_type: 'confidential', grant_types: ['client_credentials'], redirect_uris: [] };
const made = expectStatus(await call('POST', '/admin/clients', { token, json }), 201, 'the client of the proxy');
process.stdout.write(`${made.client_id} ${made.client_secret}`);
