import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { launchBrowser } from '../support/browser.js';
import { type Authly, PERSON, type Registration, startWithPerson } from './support/authly.js';
import { type Software, startSoftware, whatIsMissing } from './support/software.js';
import { logInThrough, read } from './support/visit.js';

/** Libraries of others understand how Authly tells them that somebody's session has ended. */

const missing = whatIsMissing('node');
let database: TestDatabase | undefined;
let authly: Authly | undefined;
let browser: Browser | undefined;
let software: Software | undefined;

beforeAll(async () => {
  if (missing) return;
  database = await createTestDatabase();
  [authly, browser] = await Promise.all([startWithPerson(database.url), launchBrowser()]);
  const port = await freePort();
  const at = `http://localhost:${port}`;
  const words = ['client', 'create', '--name', 'shop', '--type', 'confidential', '--redirect-uri', `${at}/callback`];
  const client = (await authly.admin([
    ...words,
    '--scope',
    'openid profile email',
    '--backchannel-logout-uri',
    `${at}/backchannel-logout`,
  ])) as Registration;
  const env = { ISSUER: authly.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret ?? '' };
  software = await startSoftware({ app: 'express-logout', language: 'node', port, files: [], env });
});
afterAll(async () => {
  await software?.stop();
  await browser?.close();
  await authly?.process.end();
  await database?.drop();
});

it.skipIf(missing)(
  `express-openid-connect forgets a person whose sessions an administrator ended${missing ? ` (not run: ${missing})` : ''}`,
  async () => {
    if (!browser || !software || !authly) throw new Error('nothing was started');
    const page = await logInThrough(browser, software);
    expect(await read(page)).toMatchObject({ email: PERSON.email });
    await authly.admin(['user', 'revoke-sessions', PERSON.username, '--confirm']);
    await expect.poll(() => read(page, `${software?.url}/me`), { timeout: 60_000 }).toEqual({ signed: 'out' });
    await page.context().close();
  },
);
