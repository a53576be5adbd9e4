import { keyOfCaller, leaseBackend } from '../roles/backend.js';
import type { ErrorReport } from '../codec/messages.js';
import type { House } from '../house.js';
import type { Admission } from '../login.js';
import type { Lease } from '../roles/slots.js';
import { openClient, type OpenClient } from '../upstream.js';

/** A connection to the database that is lent for one request. */
export interface LentBackend extends OpenClient {
  readonly role: string;
  /** Gives it back: cleaned for the same caller, or closed where what it did did not end well. */
  giveBack(as: 'clean' | 'broken'): Promise<void>;
}

interface Kept extends OpenClient {
  readonly key: string;
  readonly lease: Lease;
  readonly openedAt: number;
  idleSince: number;
}

const KEPT_MS = 60_000;
/** The identity in it ends after a day, and what it has learned of the tables grows. */
const OLDEST_MS = 3_600_000;
const KEPT_OF_A_CALLER = 4;

/** How every value of an answer is written, whatever the database is set to. */
const PLAIN_FORMS: ReadonlyMap<string, string> = new Map([
  ['application_name', 'authly proxy http'],
  ['client_encoding', 'UTF8'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'iso_8601'],
  ['timezone', 'UTC'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
]);

/** Connections that requests of HTTP work with. An idle one is kept for a minute, for its own caller alone: a new one takes ten times as long. */
export class KeptBackends {
  private readonly idle = new Set<Kept>();

  constructor(private readonly house: House) {}

  async lend(admission: Admission): Promise<LentBackend | ErrorReport> {
    const key = keyOfCaller(admission);
    const kept = [...this.idle].find((one) => one.key === key) ?? (await this.open(key, admission));
    if ('code' in kept) return kept;
    this.idle.delete(kept);
    const { client, stream, cancel, lease } = kept;
    return { client, stream, cancel, role: lease.role, giveBack: (as) => this.takeBack(kept, as) };
  }

  /** Closes those that nobody has asked for in a while; call it every few seconds. */
  closeOld(now: number): void {
    for (const kept of this.idle) if (now - kept.idleSince >= KEPT_MS) this.drop(kept);
  }

  closeAll(): void {
    for (const kept of this.idle) this.drop(kept);
  }

  private async open(key: string, admission: Admission): Promise<Kept | ErrorReport> {
    const backend = await leaseBackend(admission, PLAIN_FORMS, this.house);
    if ('code' in backend) return backend;
    let opened: OpenClient;
    try {
      opened = await openClient(backend.config, backend.settings);
    } catch (error) {
      backend.lease.release();
      throw error;
    }
    const kept: Kept = { ...opened, key, lease: backend.lease, openedAt: Date.now(), idleSince: Date.now() };
    // The role is free when the server has closed the connection.
    opened.client.once('end', () => {
      this.idle.delete(kept);
      backend.lease.release();
    });
    return kept;
  }

  private async takeBack(kept: Kept, as: 'clean' | 'broken'): Promise<void> {
    const ofCaller = [...this.idle].filter(({ key }) => key === kept.key).length;
    if (as === 'broken' || ofCaller >= KEPT_OF_A_CALLER || Date.now() - kept.openedAt >= OLDEST_MS)
      return this.drop(kept);
    try {
      await kept.client.query('discard all');
    } catch {
      return this.drop(kept);
    }
    kept.idleSince = Date.now();
    this.idle.add(kept);
  }

  private drop(kept: Kept): void {
    this.idle.delete(kept);
    closeClient(kept);
  }
}

const LEAVE_MS = 5000;

function closeClient({ client, stream }: OpenClient): void {
  client.end().catch(() => undefined);
  setTimeout(() => stream().destroy(), LEAVE_MS).unref();
}
