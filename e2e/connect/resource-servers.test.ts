import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { type Authly, type Registration, startWithPerson } from './support/authly.js';
import { type Software, startSoftware, whatIsMissing } from './support/software.js';

/** APIs behind libraries of others take Authly's access tokens as they come, and no other ones. */

const missing = whatIsMissing('node');
let database: TestDatabase | undefined;
let authly: Authly | undefined;
let software: Software | undefined;
let token = '';

beforeAll(async () => {
  if (missing) return;
  database = await createTestDatabase();
  authly = await startWithPerson(database.url);
  const { issuer } = authly;
  const words = ['client', 'create', '--name', 'machine', '--type', 'confidential', '--scope', 'read'];
  const machine = (await authly.admin([...words, '--grant-type', 'client_credentials'])) as Registration;
  const answer = await fetch(`${issuer}/api/v1/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: machine.client_id,
      client_secret: machine.client_secret ?? '',
    }),
  });
  token = ((await answer.json()) as { access_token: string }).access_token;
  const env = { ISSUER: issuer, AUDIENCE: issuer };
  software = await startSoftware({ app: 'resource-servers', language: 'node', port: await freePort(), files: [], env });
});
afterAll(async () => {
  await software?.stop();
  await authly?.process.end();
  await database?.drop();
});

describe.each(['express-oauth2-jwt-bearer', 'express-jwt', 'jose'])('an API behind %s', (library) => {
  const call = async (sent: string): Promise<number> => {
    const answer = await fetch(`${software?.url}/${library}`, { headers: { authorization: `Bearer ${sent}` } });
    return answer.status;
  };

  it.skipIf(missing)(
    `takes an access token, and refuses a forged one${missing ? ` (not run: ${missing})` : ''}`,
    async () => {
      expect(await call(token)).toBe(200);
      expect(await call(`${token.slice(0, -8)}AAAAAAAA`)).toBe(401);
    },
  );
});
