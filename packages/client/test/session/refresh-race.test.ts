import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loginThroughLoopback } from '../../src/cli.js';
import { connect } from '../../src/flows.js';
import { createTokenStore, type StoredRecord } from '../../src/index.js';
import { createBrowser } from '../support/browser.js';
import { bundle, start, type Child, type Ended } from '../support/children.js';
import { startProvider, type ProviderSettings, type RunningProvider } from '../support/oidc-provider.js';
import { makeReadOnly } from '../support/read-only.js';

const key = 'a'.repeat(64);

interface Race {
  readonly provider: RunningProvider;
  readonly env: Record<string, string>;
  record(): Promise<StoredRecord | undefined>;
  stored(): Promise<{ records: Record<string, { status: string; username?: string; profile?: string }> }>;
  readonly configDir: string;
}

describe('twenty processes with one expired token', () => {
  let program: string;
  const providers: RunningProvider[] = [];
  const children: Child[] = [];
  beforeAll(async () => {
    program = await bundle('get-token');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.process.kill('SIGKILL');
    await Promise.all(providers.splice(0).map((provider) => provider.close()));
  });

  async function given(settings: ProviderSettings = {}): Promise<Race> {
    const provider = await startProvider(settings);
    providers.push(provider);
    const home = await mkdtemp(join(tmpdir(), 'authly-race-'));
    const configDir = join(home, 'config');
    const env = { HOME: home, RACE_CONFIG_DIR: configDir, XDG_STATE_HOME: join(home, 'state'), RACE_STORAGE: 'file' };
    const openStore = () => createTokenStore({ kind: 'file', dir: configDir, appName: 'race', env });
    const scopes = ['openid', 'offline_access'];
    const connection = await connect({ issuer: provider.issuer, clientId: 'cli', scopes });
    const tokens = await loginThroughLoopback(connection, { onUrl: (url) => void createBrowser().open(url) });
    const store = await openStore();
    await store.update(key, () => ({
      key,
      kind: 'session',
      profile: 'default',
      issuer: provider.issuer,
      clientId: 'cli',
      method: 'authorization_code',
      username: 'alice-name',
      scopes,
      obtainedAt: Date.now() - 3_600_000,
      expiresAt: Date.now() - 1_000,
      refreshable: true,
      status: 'active',
      secrets: { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken },
    }));
    const file = join(configDir, 'credentials.json');
    return {
      provider,
      env,
      configDir,
      record: async () => (await openStore()).read(key),
      stored: async () => JSON.parse(await readFile(file, 'utf8')),
    };
  }

  const launch = (race: Race, count: number, extra: Record<string, string> = {}) => {
    const started = Array.from({ length: count }, () => start(program, { ...race.env, ...extra }));
    children.push(...started);
    return started;
  };
  const results = async (started: readonly Child[]) => Promise.all(started.map(({ ended }) => ended));
  const said = (ended: Ended): { ok: boolean; token?: string; code?: string; events: string[] } =>
    JSON.parse(ended.stdout || `{"ok":false,"code":${JSON.stringify(ended.stderr)},"events":[]}`);

  // @rule 2.5
  it('rotates once and gives all of them the same token', async () => {
    const race = await given({ tokenDelayMs: 200 });
    const ended = await results(launch(race, 20));
    expect(ended.map((end) => said(end).ok)).toEqual(Array(20).fill(true));
    expect(new Set(ended.map((end) => said(end).token)).size).toBe(1);
    expect(race.provider.rotations()).toBe(1);
  });

  // @rule 2.6
  it('goes on when the process that holds the lock is killed', async () => {
    const race = await given();
    const before = race.provider.tokenRequests();
    race.provider.fail('hang');
    const started = launch(race, 20);
    await until(() => race.provider.tokenRequests() > before);
    const holder = await lockHolder(race.configDir);
    expect(started.map((child) => child.process.pid)).toContain(holder);
    process.kill(holder, 'SIGKILL');
    const ended = await results(started);
    const killed = ended.filter(({ code }) => code === null);
    expect(killed).toHaveLength(1);
    expect(ended.filter((end) => end.code === 0 && said(end).ok)).toHaveLength(19);
    expect(race.provider.rotations()).toBe(1);
  });

  // @rule 2.8
  it('survives a server that fails first', async () => {
    const race = await given();
    race.provider.fail('500');
    const ended = await results(launch(race, 20));
    expect(ended.map((end) => said(end).ok)).toEqual(Array(20).fill(true));
    expect(race.provider.rotations()).toBe(1);
  });

  // @rule 2.8
  it('survives a server that does not answer in time', async () => {
    const race = await given();
    race.provider.fail('hang');
    const ended = await results(launch(race, 20, { REQUEST_TIMEOUT_MS: '1500' }));
    expect(ended.map((end) => said(end).ok)).toEqual(Array(20).fill(true));
    expect(race.provider.rotations()).toBe(1);
  });

  // @rule 2.8
  it('keeps the session through an outage and uses it afterwards', async () => {
    const race = await given();
    race.provider.failAll('503');
    const during = await results(launch(race, 3));
    expect(during.map(({ code }) => code)).toEqual([7, 7, 7]);
    expect(during.map((end) => said(end).code)).toEqual(Array(3).fill('server_error'));
    race.provider.failAll(undefined);
    const after = await results(launch(race, 3));
    expect(after.map((end) => said(end).ok)).toEqual([true, true, true]);
    expect(race.provider.rotations()).toBe(1);
  });

  it('asks again after an answer was lost', async () => {
    const race = await given({ rotate: false });
    race.provider.fail('lost');
    const ended = await results(launch(race, 20));
    expect(ended.map((end) => said(end).ok)).toEqual(Array(20).fill(true));
  });

  // @rule 2.31
  it('ends the session cleanly, keeping who it was, when a strict server has lost the answer', async () => {
    const race = await given();
    race.provider.fail('lost');
    const ended = await results(launch(race, 5));
    expect(new Set(ended.map((end) => said(end).code))).toEqual(new Set(['session_expired']));
    expect(ended.map(({ code }) => code)).toEqual(Array(5).fill(2));
    const { records } = await race.stored();
    expect(records[key]).toMatchObject({ status: 'expired', username: 'alice-name', profile: 'default' });
    expect((await race.record())?.secrets).toEqual({});
  });

  it('gives tokens from a directory that cannot be written, and says that they are not kept', async () => {
    const race = await given({ rotate: false });
    const ended = await results(launchAs(race, await makeReadOnly(race.env.HOME ?? '', race.configDir), 20));
    expect(ended.map((end) => said(end).ok)).toEqual(Array(20).fill(true));
    expect(ended.every((end) => said(end).events.includes('storage:fallback'))).toBe(true);
  });

  it('tells a store of another user apart from a lost login', async () => {
    const race = await given();
    for (const path of [race.env.HOME ?? '', race.configDir]) await chmod(path, 0o755);
    if (process.getuid?.() !== 0) await chmod(join(race.configDir, 'credentials.json'), 0o000);
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    const ended = await results(launchAs(race, uid, 3));
    expect(ended.map((end) => said(end).code)).toEqual(Array(3).fill('storage_denied'));
  });

  function launchAs(race: Race, uid: number | undefined, count: number): Child[] {
    const started = Array.from({ length: count }, () => start(program, race.env, { uid }));
    children.push(...started);
    return started;
  }
});

async function lockHolder(configDir: string): Promise<number> {
  const text = await readFile(join(configDir, 'locks', `${key.slice(0, 24)}.lock`), 'utf8');
  return Number(JSON.parse(text).pid);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
