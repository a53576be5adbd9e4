import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../packages/server/test/support/database.js';
import { AUTHLY, installation, startAuthly } from '../support/authly-process.js';

function healthcheck(port: number): Promise<{ readonly code: number; readonly said: string }> {
  return promisify(execFile)(process.execPath, [AUTHLY, 'healthcheck'], { env: { AUTHLY_PORT: String(port) } }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  );
}

it('authly healthcheck ends with 0 while the server is ready, and with 1 when nobody answers', async () => {
  const database = await createTestDatabase();
  const authly = await startAuthly(installation(database.url));
  try {
    expect(await healthcheck(authly.port)).toEqual({ code: 0, said: expect.stringContaining('"status":"ready"') });
  } finally {
    await authly.end();
    await database.drop();
  }
  expect(await healthcheck(authly.port)).toEqual({ code: 1, said: expect.stringContaining('does not answer') });
});
