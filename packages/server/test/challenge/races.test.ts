import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compose } from '../../src/compose.js';
import { createApp } from '../../src/http/app.js';
import { givenAuthenticator } from '../support/authenticator.js';
import { startServer, type TestServer } from '../support/server.js';
import { freePort } from '../support/settings.js';
import { program } from './program.js';

/** Two workers: two servers of one issuer, each with its own connections, on one database. */
let server: TestServer;
let second: { readonly url: string; stop(): Promise<void> };

beforeAll(async () => {
  server = await startServer();
  second = await anotherWorker(server);
});
afterAll(async () => {
  await second.stop();
  await server.stop();
});

async function anotherWorker({ context, clock }: TestServer): Promise<typeof second> {
  const logger = pino({ level: 'silent' });
  const composed = await compose(context.settings, { clock, logger });
  const app = createApp(composed.context, {
    logger,
    runtime: {
      version: 'test',
      startedAt: clock.now(),
      ping: () => composed.ping(),
      pool: () => composed.pool(),
      isReady: () => true,
      clockProblem: () => undefined,
      apiReference: () => Promise.reject(new Error('nobody opens /docs here')),
      metrics: () => composed.metrics.expose(),
    },
  });
  const port = await freePort();
  await app.listen({ host: '127.0.0.1', port });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      app.server.closeAllConnections();
      await app.close();
      await composed.close();
    },
  };
}

function post(url: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${url}/api/v1/oauth/authorize-challenge`, { method: 'POST', body: new URLSearchParams(form) });
}

// @attack second-factor code used twice (dex 5af2b61b)
it('fifty times the right code in one login at once, on two workers, give exactly one authorization code', async () => {
  for (let round = 0; round < 5; round += 1) {
    const user = await server.given.user();
    const app = await givenAuthenticator(server, user.user);
    const own = await program(server);
    const { auth_session: session = '' } = await own.begin(user);
    const form = { client_id: 'authly', auth_session: session, otp: app.code() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => post(index % 2 === 0 ? server.url : second.url, form)),
    );
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as { authorization_code?: string }[];
    const codes = bodies.flatMap(({ authorization_code: code }) => (code === undefined ? [] : [code]));
    expect(codes).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await own.redeem(codes[0])).status).toBe(200);
  }
});

// @attack second-factor code used twice (dex 5af2b61b)
it('one code in ten logins of one person at once ends one of them', async () => {
  const user = await server.given.user();
  const app = await givenAuthenticator(server, user.user);
  const own = await program(server);
  const logins = await Promise.all(Array.from({ length: 10 }, () => own.begin(user)));
  const otp = app.code();
  const answers = await Promise.all(
    logins.map(({ auth_session: session = '' }, index) =>
      post(index % 2 === 0 ? server.url : second.url, { client_id: 'authly', auth_session: session, otp }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

it('ten different recovery codes in one login at once end it once', async () => {
  const user = await server.given.user();
  const app = await givenAuthenticator(server, user.user);
  const own = await program(server);
  const { auth_session: session = '' } = await own.begin(user);
  const answers = await Promise.all(
    app.recoveryCodes.map((otp, index) =>
      post(index % 2 === 0 ? server.url : second.url, { client_id: 'authly', auth_session: session, otp }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});
