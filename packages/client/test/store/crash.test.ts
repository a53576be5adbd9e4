import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTokenStore } from '../../src/index.js';
import { bundle, start } from '../support/children.js';

describe('a process that is killed while it writes the token file', () => {
  let program: string;
  beforeAll(async () => {
    program = await bundle('use-store');
  });

  // @rule 2.15
  it('leaves the old file or the new one, never half of one, and never a lock that stays', async () => {
    const home = await mkdtemp(join(tmpdir(), 'authly-crash-'));
    const dir = join(home, 'config');
    const env = { HOME: home, STORE_KIND: 'file' };
    expect((await start(program, env, { args: ['write', dir] }).ended).stdout).toContain('the-token');
    for (let kill = 0; kill < 12; kill += 1) {
      const writers = [0, 1].map(() => start(program, env, { args: ['churn', dir] }));
      await changed(join(dir, 'credentials.json'));
      await new Promise((resolve) => setTimeout(resolve, kill * 7));
      for (const { process: writer } of writers) writer.kill('SIGKILL');
      await Promise.all(writers.map(({ ended }) => ended));
      const store = await createTokenStore({ kind: 'file', dir, stateDir: join(dir, 'state'), appName: 'authly-test' });
      const [record] = await store.list();
      expect((await store.read(record?.key ?? ''))?.secrets.accessToken).toBe('the-token');
      const started = Date.now();
      await store.update(record?.key ?? '', (current) => current);
      expect(Date.now() - started).toBeLessThan(5_000);
    }
    const left = (await readdir(dir)).filter((name) => name.endsWith('.tmp'));
    expect(left.length).toBeLessThanOrEqual(24);
  });
});

async function changed(path: string): Promise<void> {
  const before = await readFile(path, 'utf8');
  while ((await readFile(path, 'utf8')) === before) await new Promise((resolve) => setTimeout(resolve, 5));
}
