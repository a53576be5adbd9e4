/** A device that logs in, and a person who lets it. */
import type { DeviceAuthorization } from '../../src/protocol/device/authorize-device.js';
import type { Agent, Page } from '../support/agent.js';
import type { GivenClient } from '../support/given.js';
import type { TestServer } from '../support/server.js';

/** A device asks for its code. */
export async function askForCode(
  server: TestServer,
  client: GivenClient,
  headers: Record<string, string> = {},
  scope = 'openid profile read',
): Promise<DeviceAuthorization> {
  const response = await server.post('/api/v1/oauth/device_authorization', asClient(client, { scope }), {
    ...client.basic,
    ...headers,
  });
  if (!response.ok) throw new Error(`device authorization: ${response.status} ${await response.text()}`);
  return (await response.json()) as DeviceAuthorization;
}

/** A person types the code in and decides. */
export async function connect(
  agent: Agent,
  device: Pick<DeviceAuthorization, 'user_code'>,
  decision: 'allow' | 'deny' = 'allow',
): Promise<Page> {
  const entry = await agent.get('/device');
  const question = await agent.submit(entry, 'device-form', { user_code: device.user_code });
  return agent.submit(question, 'device-confirm-form', { decision });
}

/** The device asks whether it is let in. */
export function poll(
  server: TestServer,
  client: GivenClient,
  device: Pick<DeviceAuthorization, 'device_code'>,
): Promise<Response> {
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code };
  return server.post('/api/v1/oauth/token', asClient(client, form), client.basic);
}

function asClient(client: GivenClient, form: Record<string, string>): Record<string, string> {
  return client.secret === '' ? { ...form, client_id: client.clientId } : form;
}
