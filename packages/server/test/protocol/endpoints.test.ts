import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endpointAddress,
  endpointMetadata,
  type EndpointName,
  ENDPOINTS,
  parameterNames,
} from '../../src/protocol/endpoints/table.js';
import { CALLBACK, type GivenClient } from '../support/given.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: GivenClient;

beforeAll(async () => {
  server = await startServer();
  client = await server.given.client();
});
afterAll(() => server.stop());

const names = Object.keys(ENDPOINTS) as EndpointName[];
const asked = names.filter((name) => ENDPOINTS[name].parameters !== undefined && ENDPOINTS[name].json !== true);

function send(name: EndpointName, pairs: readonly (readonly [string, string])[]): Promise<Response> {
  const method = ENDPOINTS[name].methods[0] ?? 'GET';
  const parameters = new URLSearchParams(pairs.map(([key, value]) => [key, value]));
  const address = endpointAddress(name, server.context.settings);
  return method === 'GET'
    ? fetch(`${address}?${parameters.toString()}`, { redirect: 'manual' })
    : fetch(address, { method, body: parameters, redirect: 'manual' });
}

describe('every endpoint of the table', () => {
  // @attack parameter pollution (CVE-2026-9689)
  // @check 40, 127
  it.each(asked.filter((name) => name !== 'sessionCheck'))('%s refuses a parameter that comes twice', async (name) => {
    const valid: [string, string][] = name.startsWith('authorize')
      ? [
          ['client_id', client.clientId],
          ['redirect_uri', CALLBACK],
        ]
      : [];
    for (const parameter of [...parameterNames(name)].filter((one) => one !== 'resource')) {
      const others = valid.filter(([one]) => one !== parameter);
      const own = valid.find(([one]) => one === parameter)?.[1] ?? 'x';
      const response = await send(name, [...others, [parameter, own], [parameter, own]]);
      const said = response.headers.get('location') ?? (await response.text());
      expect([parameter, response.status < 500, /invalid_request|invalid request/i.test(said)]).toEqual([
        parameter,
        true,
        true,
      ]);
      expect(decodeURIComponent(said).replaceAll('+', ' ')).toContain(`${parameter} was sent more than once`);
    }
  });

  it('ignores what it does not know, however often it comes', async () => {
    const response = await send('revoke', [
      ['token', 'x'],
      ['unknown', '1'],
      ['unknown', '2'],
    ]);
    expect(response.status).toBe(200);
  });

  it('is served, and named in discovery by its address', async () => {
    for (const name of names)
      for (const method of ENDPOINTS[name].methods) {
        const { status } = await fetch(endpointAddress(name, server.context.settings), { method, redirect: 'manual' });
        expect([name, method, [404, 405, 500].includes(status)]).toEqual([name, method, false]);
      }
    const response = await fetch(endpointAddress('openidConfiguration', server.context.settings));
    expect(await response.json()).toMatchObject(endpointMetadata(server.context.settings));
  });
});
