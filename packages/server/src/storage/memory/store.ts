/** Everything kept in memory: for tests of rules, and to measure what storage costs. Nothing survives the process. */
import type { Store } from '../../ports/store/store.js';
import type { RunTransaction } from '../../ports/store/transaction.js';
import type { MemoryAuditLog } from './audit-log.js';
import { changes, type CoreTransaction } from './changes.js';
import { apiKeys } from './people/api-keys.js';
import { consents } from './people/consents.js';
import { pendingSignIns } from './people/pending-sign-ins.js';
import { secondFactors } from './people/second-factors.js';
import { sessions } from './people/sessions.js';
import { users } from './people/users.js';
import { clients } from './registrations/clients.js';
import { scopes } from './registrations/scopes.js';
import { signingKeys } from './registrations/signing-keys.js';
import { emptyTables, type Tables } from './tables.js';
import { accessTokens } from './tokens/access-tokens.js';
import { authorizationCodes } from './tokens/authorization-codes.js';
import { deviceCodes } from './tokens/device-codes.js';
import { grants } from './tokens/grants.js';
import { interactions } from './tokens/interactions.js';
import { loginChallenges } from './tokens/login-challenges.js';
import { refreshTokens } from './tokens/refresh-tokens.js';
import { replays } from './tokens/replays.js';

/** What the protocol and the identity rules use. Administration's lists and counts are the database's alone. */
export type CoreStore = Omit<Store, 'admin' | 'transaction'> & {
  readonly transaction: RunTransaction<CoreTransaction>;
};

/** The events of transactions go into this log. */
export function createMemoryStore({ log }: { readonly log: Pick<MemoryAuditLog, 'append'> }): CoreStore {
  const tables = emptyTables();
  const over = (these: Tables): Omit<CoreStore, 'transaction'> => stores(these, log);
  return { ...over(tables), transaction: changes(tables, { log, stores: over }) };
}

function stores(tables: Tables, log: Pick<MemoryAuditLog, 'append'>): Omit<CoreStore, 'transaction'> {
  return {
    users: users(tables),
    clients: clients(tables),
    scopes: scopes(tables),
    sessions: sessions(tables),
    secondFactors: secondFactors(tables),
    pendingSignIns: pendingSignIns(tables),
    consents: consents(tables),
    interactions: interactions(tables),
    grants: grants(tables),
    codes: authorizationCodes(tables),
    refreshTokens: refreshTokens(tables),
    accessTokens: accessTokens(tables, { log }),
    deviceCodes: deviceCodes(tables),
    loginChallenges: loginChallenges(tables),
    apiKeys: apiKeys(tables),
    signingKeys: signingKeys(tables),
    replays: replays(tables),
  };
}
