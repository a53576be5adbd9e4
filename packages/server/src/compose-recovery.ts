import type { RecoveryContext } from './admin/users/recover-administrator.js';
import { withRedis } from './compose-redis.js';
import type { Settings } from './config/settings.js';
import { createHashing } from './platform/hashing.js';
import { lastingKey, refuseForeignSecrets } from './platform/master-key.js';
import { createPasswordHasher } from './platform/password-hasher.js';
import { createSecretBox } from './platform/secret-box.js';
import { systemClock } from './platform/system-clock.js';
import { systemRandom } from './platform/system-random.js';
import type { StorageLogger } from './storage/logger.js';
import { sealedRows } from './storage/postgres/operations/sealed-rows.js';
import { createPool, type Pool } from './storage/postgres/pool.js';
import { createPostgresRateLimiter } from './storage/postgres/rate-limiter.js';
import { createPostgresStore } from './storage/postgres/store.js';

/** The few parts of a server that a recovery needs: a database, and the secrets only where they are known. */
export async function composeRecovery(
  settings: Settings,
  { connectionString, logger }: { readonly connectionString: string; readonly logger: StorageLogger },
): Promise<{ readonly context: RecoveryContext; close(): Promise<void> }> {
  const clock = systemClock;
  const random = systemRandom;
  const pool = createPool({ connectionString, settings, logger });
  const database = createPostgresStore(pool, { clock });
  const databaseLimiter = createPostgresRateLimiter({ pool, clock });
  const { store, limiter, closeRedis } = await withRedis(settings, { database, databaseLimiter, clock, logger });
  async function close(): Promise<void> {
    await databaseLimiter.flush();
    await database.close();
    await closeRedis();
  }
  try {
    const hashing = await openHashing(pool, settings);
    const passwords = createPasswordHasher({ maxQueue: settings['passwords.max_queue'], random });
    return { context: { store, limiter, clock, random, passwords, settings, hashing }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The names behind failed sign-ins are kept as digests: only the server's secrets tell which are whose. */
async function openHashing(pool: Pool, settings: Settings): Promise<RecoveryContext['hashing']> {
  const macSecret = settings['secrets.jwt_refresh_secret_key'];
  const masterKey = settings['secrets.jwt_secret_key'];
  if (macSecret === undefined || masterKey === undefined) return undefined;
  const previous = [settings['secrets.jwt_secret_key_previous']].filter((key) => key !== undefined);
  const box = createSecretBox(masterKey, systemRandom, previous);
  const rows = sealedRows(pool);
  await refuseForeignSecrets(rows, box);
  const lastingSecret = await lastingKey(rows, 'mac', { box, fresh: systemRandom.bytes(32) });
  return createHashing({ macSecret, lastingSecret });
}
