import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../packages/server/src/platform/embedded-postgres/embedded-postgres.js';
import { freePort } from '../../packages/server/test/support/settings.js';
import { installation } from '../support/authly-process.js';
import { type Container, callEngine, engine, exitCodeOf, IMAGES, sizeOf, startContainer } from './support/container.js';

/** deploy/server/Dockerfile, really built and really run. Skipped where `deploy/verify` has not said what runs containers. */
describe.skipIf(engine === undefined)('the image of the server alone (needs deploy/verify)', () => {
  let database: EmbeddedPostgres;
  let container: Container;
  let url: string;

  beforeAll(async () => {
    const logger = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
    // The one of the test run listens on a socket of the file system, which no container sees.
    database = await startEmbeddedPostgres({ ephemeral: true, transport: 'tcp', logger });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    container = await startContainer(IMAGES.server, {
      environment: { ...installation(database.connectionString), AUTHLY_PORT: String(port), AUTHLY_ISSUER: url },
      flags: ['--read-only', '--cap-drop', 'ALL'],
    });
    await container.becomesHealthy();
  });
  afterAll(async () => {
    await container?.remove();
    await database?.stop();
  });

  it('serves from a file system that it cannot write to, as nobody special, without rights', async () => {
    const { stdout } = await container.exec(['id', '-u']);
    expect(stdout.trim()).toBe('1000');
    expect((await container.exec(['touch', '/opt/authly/x'])).stderr).toContain('Read-only file system');
    const form = { grant_type: 'password', username: 'admin', password: installation('').AUTHLY_ADMIN_PASSWORD ?? '' };
    const answer = await fetch(`${url}/api/v1/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    expect(answer.status, await answer.text()).toBe(200);
  });

  it('says with its health check when there is no server', async () => {
    const { code, stderr } = await container.exec(['authly', 'healthcheck', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(stderr).toContain('does not answer');
  });

  it('has no database inside, and adds less than 160 MB to the image that it stands on', async () => {
    const found = await container.exec(['find', '/opt/authly', '/usr/lib', '-name', 'postgres', '-type', 'f']);
    expect(found.stdout).toBe('');
    const [own, base] = await Promise.all([sizeOf(IMAGES.server), sizeOf('docker.io/library/node:24-trixie-slim')]);
    expect((own - base) / 1e6).toBeLessThan(160);
  });

  it('refuses to start without settings, and names all that are missing', async () => {
    const { code, stderr } = await callEngine(['run', '--rm', '--read-only', IMAGES.server]);
    expect(code).toBe(1);
    expect(stderr).toContain('The configuration has 4 problems');
  });

  it('finishes what is under way when it is stopped, and ends with 0', async () => {
    expect(await container.stop()).toBeLessThan(45);
    expect(await exitCodeOf(container)).toBe(0);
  });
});
