/** A program with an embedded PostgreSQL, for tests that must kill it: prints one line when ready, ends at a line of input. */

import {
  startEmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../src/platform/embedded-postgres/embedded-postgres.ts';

const log = (fields: object, message: string): void => {
  console.error(message, JSON.stringify(fields));
};

try {
  const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedPostgresOptions;
  const server = await startEmbeddedPostgres({ ...options, logger: { debug: log, info: log, warn: log, error: log } });
  console.log(JSON.stringify({ ready: server }));
  void server.exited.then((reason) => log({}, `PostgreSQL has ended: ${reason.message}`));
  const stop = (): void => void server.stop().then(() => process.exit(0));
  // The end of the input is the end of the test.
  process.stdin.once('data', stop).once('end', stop);
} catch (error) {
  const { fault, message } = error as { fault?: string; message: string };
  console.log(JSON.stringify({ failure: { fault, message } }));
  process.exitCode = 1;
}
