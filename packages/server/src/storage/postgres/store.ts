/** Everything kept in PostgreSQL. */
import type { Clock } from '../../ports/clock.js';
import type { Store } from '../../ports/store/store.js';
import { adminStore } from './admin/admin-store.js';
import { notifyAfter } from './changes/notify-after.js';
import { changes } from './changes/changes.js';
import { apiKeys } from './people/api-keys.js';
import { consents } from './people/consents.js';
import { programLogins } from './people/program-logins.js';
import { pendingSignIns } from './people/pending-sign-ins.js';
import { secondFactors } from './people/second-factors.js';
import { sessions } from './people/sessions.js';
import { users } from './people/users.js';
import type { Pool } from './pool.js';
import { clientLogos } from './registrations/client-logos.js';
import { clients } from './registrations/clients.js';
import { resources } from './registrations/resources.js';
import { scopes } from './registrations/scopes.js';
import { signingKeys } from './registrations/signing-keys.js';
import { selfRegistered } from './registrations/self-registered.js';
import { sql } from './sql.js';
import { accessTokens } from './tokens/access-tokens.js';
import { authorizationCodes } from './tokens/authorization-codes.js';
import { deviceCodes } from './tokens/device-codes.js';
import { grants } from './tokens/grants.js';
import { pushedRequests } from './tokens/pushed-requests.js';
import { interactions } from './tokens/interactions.js';
import { loginChallenges } from './tokens/login-challenges.js';
import { refreshTokens } from './tokens/refresh-tokens.js';
import { replays } from './tokens/replays.js';

export interface PostgresStore extends Store {
  /** Asks the database for its version; throws DatabaseUnavailableError when it is away. */
  ping(): Promise<string>;
  /** Resolves when every write that was accepted has been decided. */
  flush(): Promise<void>;
  /** Flushes and closes the pool. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Says when events happened that are stored with what they tell of. */
  readonly clock: Clock;
  /**
   * Told the table after a change of what processes hold snapshots of. The listener tells the same a moment later; without this
   * the process that made the change could still answer from its old snapshot.
   */
  readonly onChange?: (table: string) => void;
}

export function createPostgresStore(pool: Pool, { clock, onChange = () => undefined }: StoreOptions): PostgresStore {
  const batched = {
    sessions: sessions(pool),
    interactions: interactions(pool),
    codes: authorizationCodes(pool),
    refreshTokens: refreshTokens(pool),
    accessTokens: accessTokens(pool, { clock }),
    apiKeys: apiKeys(pool),
    replays: replays(pool),
  };
  const flush = async (): Promise<void> => {
    await Promise.all(Object.values(batched).map((store) => store.flush()));
  };
  return {
    ...batched,
    users: users(pool),
    clients: notifyAfter(clients(pool), ['add', 'change', 'addSecret'], () => onChange('oauth_clients')),
    clientLogos: notifyAfter(clientLogos(pool), ['keep'], () => onChange('oauth_clients')),
    scopes: notifyAfter(scopes(pool), ['add', 'change'], () => onChange('oauth_scopes')),
    selfRegistered: notifyAfter(selfRegistered(pool), ['add', 'noteUse', 'removeLeftovers'], () =>
      onChange('oauth_clients'),
    ),
    resources: notifyAfter(resources(pool), ['add', 'change', 'remove'], () => onChange('resources')),
    pushedRequests: pushedRequests(pool),
    secondFactors: secondFactors(pool),
    pendingSignIns: pendingSignIns(pool),
    consents: consents(pool),
    programLogins: programLogins(pool),
    grants: grants(pool),
    deviceCodes: deviceCodes(pool),
    loginChallenges: loginChallenges(pool),
    signingKeys: notifyAfter(signingKeys(pool), ['addIfMissing', 'rotate', 'withdraw'], () => onChange('signing_keys')),
    admin: adminStore(pool, onChange),
    transaction: changes(pool, { clock, onChange }),
    flush,
    ping: async () => {
      const [row] = await pool.query<{ version: string }>(sql`select current_setting('server_version') as version`);
      return row?.version ?? '';
    },
    close: async () => {
      await flush();
      await pool.close();
    },
  };
}
