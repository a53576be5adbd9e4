/** Changes and the events that tell of them, in one transaction. */
import { DatabaseError } from 'pg';
import type { AuditEntry } from '../../../model/audit-event.js';
import type { Clock } from '../../../ports/clock.js';
import type { RunTransaction, Transaction } from '../../../ports/store/transaction.js';
import { clientAdmin } from '../admin/clients.js';
import { idempotency } from '../admin/idempotency.js';
import { scopeAdmin } from '../admin/scopes.js';
import { tokenList } from '../admin/token-list.js';
import { notifyAfter } from './notify-after.js';
import { appendEvents } from '../audit/append.js';
import { apiKeys } from '../people/api-keys.js';
import { consents } from '../people/consents.js';
import { programLogins } from '../people/program-logins.js';
import { secondFactors } from '../people/second-factors.js';
import { sessions } from '../people/sessions.js';
import { users } from '../people/users.js';
import { addJobs } from '../jobs/jobs.js';
import type { Pool, Queryable } from '../pool.js';
import { forget } from '../rate-limiter.js';
import { clients } from '../registrations/clients.js';
import { resources } from '../registrations/resources.js';
import { scopes } from '../registrations/scopes.js';
import { selfRegistered } from '../registrations/self-registered.js';
import { rotateKeys, withdrawKey } from '../registrations/signing-keys.js';
import { revokeAccessToken } from '../tokens/access-tokens.js';
import { grants } from '../tokens/grants.js';
import { transaction } from '../transaction.js';

export interface ChangeOptions {
  readonly clock: Clock;
  /** Told the tables that processes hold snapshots of, after the end of every transaction that changed them. */
  readonly onChange: (table: string) => void;
}

export function changes(pool: Pool, options: ChangeOptions): RunTransaction {
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(pool, work, options);
      } catch (error) {
        if (attempt === ATTEMPTS || !isDeadlock(error)) throw error;
      }
    }
  };
}

const ATTEMPTS = 5;

/** Of several that wait for each other in a circle the database ends one. It is nobody's fault, and the next try finds the way free. */
function isDeadlock(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '40P01';
}

/** The events are appended last, all in one statement. */
async function once<T>(pool: Pool, work: (tx: Transaction) => Promise<T>, options: ChangeOptions): Promise<T> {
  const events: AuditEntry[] = [];
  const changed = new Set<string>();
  try {
    return await transaction(pool, async (db) => {
      const result = await work({
        ...stores(db, (table) => changed.add(table)),
        record: (event, origin) => events.push({ ...event, ...origin, at: options.clock.now() }),
      });
      if (events.length > 0) await appendEvents(db, events);
      return result;
    });
  } finally {
    for (const table of changed) options.onChange(table);
  }
}

function stores(db: Queryable, changed: (table: string) => void): Omit<Transaction, 'record'> {
  return {
    users: users(db),
    clients: notifyAfter(clients(db), ['add', 'change', 'addSecret'], () => changed('oauth_clients')),
    scopes: notifyAfter(scopes(db), ['add', 'addMissing', 'change'], () => changed('oauth_scopes')),
    selfRegistered: notifyAfter(selfRegistered(db), ['add', 'noteUse', 'removeLeftovers'], () =>
      changed('oauth_clients'),
    ),
    resources: notifyAfter(resources(db), ['add', 'change', 'remove'], () => changed('resources')),
    sessions: sessions(db),
    secondFactors: secondFactors(db),
    consents: consents(db),
    programLogins: programLogins(db),
    grants: grants(db),
    accessTokens: { revoke: (...which) => revokeAccessToken(db, ...which) },
    apiKeys: apiKeys(db),
    signingKeys: notifyAfter(
      { rotate: (...keys) => rotateKeys(db, ...keys), withdraw: (...which) => withdrawKey(db, ...which) },
      ['rotate', 'withdraw'],
      () => changed('signing_keys'),
    ),
    jobs: addJobs(db),
    admin: {
      clients: notifyAfter(clientAdmin(db), ['remove'], () => changed('oauth_clients')),
      scopes: notifyAfter(scopeAdmin(db), ['remove'], () => {
        changed('oauth_scopes');
        // A scope that goes is taken from clients too.
        changed('oauth_clients');
      }),
      tokens: tokenList(db),
      idempotency: idempotency(db),
      limits: { forget: (keys) => forget(db, keys) },
    },
  };
}
