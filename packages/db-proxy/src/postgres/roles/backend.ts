import type { ClientConfig } from 'pg';
import type { ErrorReport } from '../codec/messages.js';
import type { House } from '../house.js';
import { sealIdentity } from './identity.js';
import type { Admission } from '../login.js';
import type { Lease } from './slots.js';
import { type SlotClass, slotPassword } from './setup-sql.js';

/** A role for one caller, and how to log in to the database with it. */
export interface Backend {
  readonly lease: Lease;
  readonly config: ClientConfig;
  /** What the session begins with, and comes back to with RESET ALL. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Everything that makes two callers two: what they may, and who the database says they are. */
export function keyOfCaller({ caller }: Admission): string {
  return JSON.stringify([caller.subject, caller.clientId, [...caller.scopes].sort()]);
}

export async function leaseBackend(
  admission: Admission,
  wishes: ReadonlyMap<string, string>,
  house: House,
): Promise<Backend | ErrorReport> {
  const { caller, rights } = admission;
  const slots = house.slots();
  if (slots === undefined) return { code: '57P03', message: 'the database does not answer' };
  const slotClass: SlotClass = rights.canRead && rights.canWrite ? 'rw' : rights.canWrite ? 'w' : 'r';
  const lease = await slots.lease(slotClass, keyOfCaller(admission));
  if (lease === undefined) return { code: '53300', message: 'no role or no session is free' };
  return {
    lease,
    config: {
      ...house.server,
      database: house.database,
      user: lease.role,
      password: slotPassword(house.secret, lease.role),
    },
    settings: new Map([
      ...(rights.canWrite ? [] : [['default_transaction_read_only', 'on'] as const]),
      ...wishes,
      ['standard_conforming_strings', 'on'],
      ['authly.context', sealIdentity(house.secret, caller, lease.role, Date.now())],
    ]),
  };
}
