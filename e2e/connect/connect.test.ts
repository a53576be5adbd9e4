import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRESETS } from '../../packages/admin-api/src/index.js';
import { createTestDatabase, type TestDatabase } from '../../packages/server/test/support/database.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { launchBrowser } from '../support/browser.js';
import { type Connection, CONNECTIONS } from './connections.js';
import { type Authly, PERSON, type Registration, startWithPerson } from './support/authly.js';
import { readResults, record, recorded, writeResults } from './support/results.js';
import { type Software, startSoftware, whatIsMissing } from './support/software.js';
import { callApi, logInThrough, logOut, read, RefusedLogin } from './support/visit.js';

/** Libraries and services of others, told what `client create --preset` prints and nothing else, log somebody in through Chromium. */

let database: TestDatabase;
let authly: Authly;
let browser: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  [authly, browser] = await Promise.all([startWithPerson(database.url), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await authly?.process.end();
  await database?.drop();
});

describe.each(CONNECTIONS)('the preset $preset', (connection) => {
  const { language, library, set, asDefault } = connection;
  const missing = whatIsMissing(language);
  const note = missing ? ` (not run: ${missing})` : '';

  it.skipIf(missing)(`logs somebody in with ${library} as it is printed${note}`, async () => {
    await withSoftware(connection, async (software) => {
      const page = await logInThrough(browser, software);
      expect(await read(page)).toMatchObject({ name: PERSON.name, email: PERSON.email });
      if (connection.refreshes)
        expect(await read(page, `${software.url}/refresh`)).toMatchObject({ email: PERSON.email });
      if (connection.callsApi) await callApi(page, software);
      if (connection.logsOut) await logOut(page, software);
      await page.context().close();
    });
    record(connection, {});
  });

  if (set === undefined) return;
  it.skipIf(missing)(`says what happens where ${library} is not told ${set}${note}`, async () => {
    const login = async (software: Software): Promise<boolean> => {
      const page = await logInThrough(browser, software);
      return (await read(page))['email'] === PERSON.email;
    };
    const works = await withSoftware(connection, login, asDefault).catch((error: unknown) => {
      if (error instanceof RefusedLogin) return false;
      throw error;
    });
    record(connection, { default: works });
  });
});

it('what was seen is what the documents say', () => {
  const told = recorded();
  if (process.env['CONNECT_RECORD']) writeResults(told);
  expect(readResults()).toEqual(expect.arrayContaining([...told]));
});

/** Registers a client as the documents say, runs the software with what was printed, and stops it. */
async function withSoftware<Result>(
  { preset, language, env, resource }: Connection,
  use: (software: Software) => Promise<Result>,
  [printed, instead]: NonNullable<Connection['asDefault']> = [/$^/, ''],
): Promise<Result> {
  const port = await freePort();
  const callback = new URL(PRESETS[preset].client.redirect_uris[0] ?? '').pathname;
  const redirectUri = `http://localhost:${port}${callback}`;
  const words = ['client', 'create', '--name', preset, '--preset', preset, '--redirect-uri', redirectUri];
  if (resource !== undefined)
    await authly.admin(['resource', 'create', `http://localhost:${port}${resource}`, '--name', preset, '--open']);
  const { preset: told } = (await authly.admin(words)) as Registration;
  const files = (told?.files ?? []).map(({ path, text }) => ({ path, text: text.replace(printed, instead) }));
  const software = await startSoftware({ app: preset, language, port, files, env });
  try {
    return await use(software);
  } finally {
    await software.stop();
  }
}
