import type { Client } from 'pg';
import { GROUPS, SLOT_CLASSES, type SlotClass, slotName } from './setup-sql.js';

export interface Lease {
  readonly role: string;
  release(): void;
}

interface Holding {
  readonly role: string;
  readonly lock: number;
  sessions: number;
}

/** The first half of the keys of the advisory locks: "auth". */
const LOCKS = 0x61757468;
export const SESSIONS_OF_A_CALLER = 20;

/** A role as setup made it, with nobody in it. */
const IS_CLEAN = `
select pg_catalog.pg_try_advisory_lock(${LOCKS}, $2) as taken, (
  select r.rolcanlogin and not (r.rolsuper or r.rolcreatedb or r.rolcreaterole or r.rolreplication or r.rolbypassrls)
    and not exists (select from pg_catalog.pg_db_role_setting s where s.setrole = r.oid)
    and (select pg_catalog.array_agg(g.rolname::text order by g.rolname::text)
      from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid where m.member = r.oid) = $3::text[]
    and not exists (select from pg_catalog.pg_stat_activity a where a.usesysid = r.oid)
  from pg_catalog.pg_roles r where r.rolname = $1) as is_clean`;

/**
 * Which caller has which role. No two callers have one at the same time: sessions of one role read and end each other. The locks are those of the
 * management connection, so that they hold across proxies and end with it.
 */
export class Slots {
  private readonly holdings = new Map<string, Holding>();
  /** One after the other, so that two logins of one caller get one slot. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: Client,
    private readonly count: number,
  ) {}

  /** `undefined` when no role is free, or the caller has too many sessions already. */
  lease(slotClass: SlotClass, caller: string): Promise<Lease | undefined> {
    const key = `${slotClass} ${caller}`;
    const found = this.turn.then(() => this.findLease(slotClass, key));
    this.turn = found.catch(() => undefined);
    return found;
  }

  /** How many roles of each class this proxy could still give away. */
  free(): Record<SlotClass, number> {
    const taken = [...this.holdings.keys()].map((key) => key.split(' ', 1)[0]);
    const count = (slotClass: SlotClass): number => this.count - taken.filter((one) => one === slotClass).length;
    return { r: count('r'), w: count('w'), rw: count('rw') };
  }

  private async findLease(slotClass: SlotClass, key: string): Promise<Lease | undefined> {
    const holding = this.holdings.get(key) ?? (await this.takeSlot(slotClass));
    if (holding === undefined || holding.sessions >= SESSIONS_OF_A_CALLER) return undefined;
    holding.sessions += 1;
    this.holdings.set(key, holding);
    let isReleased = false;
    return {
      role: holding.role,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        holding.sessions -= 1;
        if (holding.sessions > 0) return;
        this.holdings.delete(key);
        this.unlock(holding.lock);
      },
    };
  }

  private async takeSlot(slotClass: SlotClass): Promise<Holding | undefined> {
    for (let number = 1; number <= this.count; number += 1) {
      const role = slotName(slotClass, number);
      const lock = SLOT_CLASSES.indexOf(slotClass) * 10_000 + number;
      if ([...this.holdings.values()].some((holding) => holding.role === role)) continue;
      const { rows } = await this.client.query<{ taken: boolean; is_clean: boolean | null }>(IS_CLEAN, [
        role,
        lock,
        GROUPS[slotClass],
      ]);
      const [row] = rows;
      if (row?.taken === true && row.is_clean === true) return { role, lock, sessions: 0 };
      if (row?.taken === true) this.unlock(lock);
    }
    return undefined;
  }

  /** A connection that is lost has no locks any more. */
  private unlock(lock: number): void {
    this.client.query('select pg_catalog.pg_advisory_unlock($1, $2)', [LOCKS, lock]).catch(() => undefined);
  }
}
