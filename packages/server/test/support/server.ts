import { pino } from 'pino';
import { bootstrap } from '../../src/bootstrap/bootstrap.js';
import { compose } from '../../src/compose.js';
import { readApiReference } from '../../src/serve/api-reference.js';
import type { Settings } from '../../src/config/settings.js';
import { createApp } from '../../src/http/app.js';
import type { Context } from '../../src/ports/context.js';
import { createTestClock, type TestClock } from './clock.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { createGiven, type Given } from './given.js';
import { freePort, testSettings } from './settings.js';

export interface TestServer {
  readonly url: string;
  readonly databaseUrl: string;
  readonly context: Context;
  readonly clock: TestClock;
  readonly given: Given;
  /** Everything that was logged, for tests that look for secrets in it. */
  readonly logged: () => string;
  /** POSTs a form to the server. */
  post(
    path: string,
    form: Record<string, string> | [string, string][],
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Lets the server do what it does on its own: jobs, seals of the audit log. */
  startMaintenance(): void;
  stop(): Promise<void>;
}

/** The whole server on a free port and a database of its own, with a clock that the test moves. */
export async function startServer(
  options: { readonly settings?: Partial<Settings>; readonly clock?: TestClock; readonly database?: TestDatabase } = {},
): Promise<TestServer> {
  const database = options.database ?? (await createTestDatabase());
  const clock = options.clock ?? createTestClock();
  const port = await freePort();
  const settings = testSettings(database.url, port, options.settings);
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const composed = await compose(settings, { clock, logger });
  await bootstrap({}, composed.context);
  const app = createApp(composed.context, {
    logger,
    trace: composed.tracing?.request,
    runtime: {
      version: 'test',
      startedAt: clock.now(),
      ping: () => composed.ping(),
      pool: () => composed.pool(),
      isReady: () => true,
      clockProblem: () => composed.clockProblem(),
      apiReference: readApiReference,
      metrics: () => composed.metrics.expose(),
    },
  });
  await app.listen({ host: '127.0.0.1', port });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    databaseUrl: database.url,
    context: composed.context,
    clock,
    given: createGiven(url, composed.context),
    logged: () => lines.join(''),
    post: (path, form, headers = {}) =>
      fetch(`${url}${path}`, { method: 'POST', headers, body: new URLSearchParams(form) }),
    startMaintenance: () => composed.startMaintenance(),
    async stop() {
      app.server.closeAllConnections();
      await app.close();
      await composed.close();
      await database.drop();
    },
  };
}
