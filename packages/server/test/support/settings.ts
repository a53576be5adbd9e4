import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { SettingDeclaration } from '../../src/config/setting.js';
import { SETTINGS, type Settings } from '../../src/config/settings.js';

/** The settings of the testing mode, with secrets of their own. */
export function testSettings(databaseUrl: string, port: number, overrides: Partial<Settings> = {}): Settings {
  const declared = Object.entries(SETTINGS as Record<string, SettingDeclaration<unknown>>);
  const defaults = Object.fromEntries(declared.map(([name, one]) => [name, one.defaultIn?.testing ?? one.default]));
  return {
    ...(defaults as Settings),
    mode: 'testing',
    port,
    issuer: `http://127.0.0.1:${port}`,
    'database.url': databaseUrl,
    'secrets.jwt_secret_key': randomBytes(32).toString('base64url'),
    'secrets.jwt_refresh_secret_key': randomBytes(32).toString('base64url'),
    'log.access': false,
    'password_change.enforced': true,
    'login.rate_limit': 100_000,
    'login.address_limit': 100_000,
    'login.begin_limit': 100_000,
    ...overrides,
  };
}

/** A port that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
