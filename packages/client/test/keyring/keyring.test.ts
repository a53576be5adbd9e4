import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle, start } from '../support/children.js';

interface Said {
  readonly ok: boolean;
  readonly token?: string;
  readonly backend?: string;
  readonly code?: string;
  readonly message?: string;
  readonly ms?: number;
  readonly events: readonly string[];
}

const tools = ['dbus-run-session', 'gnome-keyring-daemon'];

/** Each run is a D-Bus session of its own, as after a new login of the person. */
describe('the GNOME keyring in a D-Bus session', () => {
  let program: string;
  let home: string;
  let dir: string;
  beforeAll(async () => {
    const missing = tools.filter((tool) => !isInstalled(tool));
    if (missing.length > 0) {
      throw new Error(`These tests need ${missing.join(' and ')}: apt-get install gnome-keyring dbus`);
    }
    program = await bundle('use-store');
  });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'authly-keyring-'));
    dir = join(home, 'config');
  });

  /** `password` unlocks the keyring at the start of the session; without one it stays locked. */
  async function run(
    action: string,
    how: { kind?: string; password?: string; session?: 'none' | 'bus' | 'keyring' },
  ): Promise<Said> {
    const env = {
      HOME: home,
      XDG_RUNTIME_DIR: home,
      XDG_DATA_HOME: join(home, 'data'),
      STORE_KIND: how.kind ?? 'auto',
      SECRET: how.password ?? '',
    };
    const unlock =
      'printf %s "$SECRET" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"';
    const locked = 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; exec "$@"';
    const script = how.password === undefined ? locked : unlock;
    const session = how.session ?? 'keyring';
    // A bus whose configuration names no services: nothing starts a keyring on demand.
    const bare = ['dbus-run-session', '--config-file', join(import.meta.dirname, 'bare-bus.conf'), '--'];
    const through = { none: [], bus: bare, keyring: ['dbus-run-session', '--', 'sh', '-c', script, 'sh'] }[session];
    const ended = await start(program, env, { args: [action, dir], through }).ended;
    if (!ended.stdout) throw new Error(`the program said nothing: ${ended.stderr}`);
    return JSON.parse(ended.stdout);
  }

  // @rule 2.9, 2.11
  it('keeps the key of the tokens, also for the next session', async () => {
    expect(await run('write', { password: 'open sesame' })).toMatchObject({
      ok: true,
      token: 'the-token',
      backend: 'keyring+file',
      events: [],
    });
    expect(await run('read', { password: 'open sesame' })).toMatchObject({ ok: true, token: 'the-token' });
    expect(await readFile(join(dir, 'credentials.json'), 'utf8')).not.toContain('the-token');
  });

  // @rule 2.18
  it('is called locked while it is locked, within seconds, and nothing is lost', async () => {
    await run('write', { password: 'open sesame' });
    const said = await run('read', {});
    expect(said).toMatchObject({ ok: false, code: 'storage_locked' });
    expect(said.ms).toBeLessThan(5_000);
    expect(await run('read', { password: 'open sesame' })).toMatchObject({ ok: true, token: 'the-token' });
  });

  // @rule 2.18
  it('is called emptied when it no longer holds the key', async () => {
    await run('write', { password: 'open sesame' });
    await rm(join(home, 'data'), { recursive: true });
    expect(await run('read', { password: 'open sesame' })).toMatchObject({ ok: false, code: 'storage_key_lost' });
  });

  // @rule 2.18, 2.19
  it.each(['none', 'bus'] as const)(
    'is called unavailable when there is none (%s), and a key file takes its place where that is allowed',
    async (session) => {
      expect(await run('write', { kind: 'keyring', session })).toMatchObject({
        ok: false,
        code: 'storage_unavailable',
      });
      expect(await run('write', { kind: 'auto', session })).toMatchObject({
        ok: true,
        token: 'the-token',
        backend: 'keyfile+file',
        events: ['storage:fallback'],
      });
    },
  );
});

function isInstalled(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
