import type { ErrorReport } from './codec/messages.js';
import { LONGEST_SESSION_MS } from './roles/identity.js';

const STATEMENT_MS = 10 * 60_000;
/** How long a statement that was cancelled has to end. */
const LAST_MS = 5000;
const IDLE_IN_TRANSACTION_MS = 5 * 60_000;
const IDLE_MS = 8 * 3_600_000;
const STANDSTILL_MS = 30_000;

/** How long a session has been at what it is at. The limits are the proxy's own, so no setting of the database moves them. */
export class SessionClock {
  private readonly began: number;
  /** When the statement began, or the last one ended. */
  private since: number;
  private wasBusy = false;
  private cancelledAt: number | undefined;
  /** Directions in which nothing moves, because the other side takes nothing. */
  private readonly stopped = new Map<unknown, number>();

  constructor(private readonly now: () => number) {
    this.began = now();
    this.since = this.began;
  }

  /** Seconds. */
  age(): number {
    return (this.now() - this.began) / 1000;
  }

  /** Call it when something has come. */
  tick(isBusy: boolean): void {
    if (isBusy && this.wasBusy) return;
    this.wasBusy = isBusy;
    this.since = this.now();
    this.cancelledAt = undefined;
  }

  stop(direction: unknown): void {
    this.stopped.set(direction, this.now());
  }

  goOn(direction: unknown): void {
    this.stopped.delete(direction);
  }

  /** What has to happen now: nothing, a request to cancel, or the end with this report. */
  check({
    isBusy,
    isInTransaction,
  }: Readonly<Record<'isBusy' | 'isInTransaction', boolean>>): ErrorReport | 'cancel' | undefined {
    const now = this.now();
    const lasted = now - this.since;
    if (now - this.began >= LONGEST_SESSION_MS) return { code: '57P01', message: 'a session lasts a day at most' };
    for (const since of this.stopped.values())
      if (now - since >= STANDSTILL_MS)
        return { code: '57P01', message: 'the other side took nothing for half a minute' };
    if (!isBusy) {
      if (isInTransaction && lasted >= IDLE_IN_TRANSACTION_MS)
        return { code: '25P03', message: 'the transaction was idle for five minutes' };
      return lasted >= IDLE_MS ? { code: '57P05', message: 'the session was idle for eight hours' } : undefined;
    }
    if (lasted < STATEMENT_MS) return undefined;
    if (this.cancelledAt !== undefined)
      return now - this.cancelledAt >= LAST_MS
        ? { code: '57P01', message: 'a statement takes ten minutes at most' }
        : undefined;
    this.cancelledAt = now;
    return 'cancel';
  }
}
