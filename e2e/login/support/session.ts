/** A login of a small tool, made as people make it, whose access token has then come to its end. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLIAuthenticator } from '../../../packages/client/src/cli.js';
import { createTokenStore, type StoredRecord } from '../../../packages/client/src/index.js';
import { createFakeTerminal } from '../../../packages/client/src/testing.js';
import type { Person } from './person.js';

export interface OldSession {
  /** The environment of a process that uses the login. */
  readonly env: Record<string, string>;
  readonly home: string;
  record(): Promise<StoredRecord>;
  /** Lets the access token end, here and now. */
  growOld(): Promise<void>;
  /** The process that renews the session at this moment. */
  lockHolder(): Promise<number>;
}

/** Logs a person in to the tool `race` through the browser, or by a code; as the client of our own command when none is named. */
export async function givenOldSession(
  issuer: string,
  person: Person,
  { method = 'browser', clientId }: { readonly method?: 'browser' | 'device'; readonly clientId?: string } = {},
): Promise<OldSession> {
  const home = await mkdtemp(join(tmpdir(), 'authly-race-'));
  const dir = join(home, 'config');
  const env = { HOME: home, RACE_CONFIG_DIR: dir, XDG_STATE_HOME: join(home, 'state'), RACE_STORAGE: 'file' };
  const tool = new CLIAuthenticator({
    appName: 'race',
    env: { ...env, DISPLAY: ':0' },
    issuer,
    clientId,
    scopes: ['openid', 'profile', 'offline_access'],
    remote: false,
    terminal: createFakeTerminal(),
    browser: async (url) => {
      // The program answers the browser only when it has its tokens.
      person.comeBackFrom(url).catch((error: unknown) => console.error(error));
      return true;
    },
  });
  const { key } = method === 'browser' ? await tool.login() : await loggedInByCode(tool, person);
  const store = await createTokenStore({ kind: 'file', dir, appName: 'race', env });
  const record = async (): Promise<StoredRecord> => {
    const stored = await store.read(key);
    if (!stored) throw new Error('the login is gone');
    return stored;
  };
  const session: OldSession = {
    env,
    home,
    record,
    growOld: () => store.update(key, (current) => current && { ...current, ...ended() }),
    lockHolder: async () => {
      const lock = await readFile(join(dir, 'locks', `${key.slice(0, 24)}.lock`), 'utf8');
      return Number((JSON.parse(lock) as { pid: number }).pid);
    },
  };
  await session.growOld();
  return session;
}

async function loggedInByCode(tool: CLIAuthenticator, person: Person): Promise<{ readonly key: string }> {
  const pending = await tool.startLogin();
  await person.enterCode(pending);
  return tool.completeLogin(pending.id);
}

function ended(): Pick<StoredRecord, 'obtainedAt' | 'expiresAt' | 'refreshAfter'> {
  const now = Date.now();
  return { obtainedAt: now - 3_600_000, refreshAfter: now - 900_000, expiresAt: now - 1_000 };
}
