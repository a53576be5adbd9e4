/** Compares the clock of this machine with that of the database, which all nodes share. */
import type { Clock } from '../ports/clock.js';
import type { DatabaseClock } from '../ports/database-clock.js';

export interface ClockCheck {
  /** The time of the database; `undefined` when the clock of this machine is wrong, which is logged. */
  sharedTime(): Promise<Date | undefined>;
  /** What was found the last time, in words, when the clock is wrong. */
  problem(): string | undefined;
}

export function createClockCheck(needs: {
  readonly clock: Clock;
  readonly databaseClock: DatabaseClock;
  readonly logger: { error(fields: object, message: string): void };
}): ClockCheck {
  let problem: string | undefined;
  let quietUntil = 0;
  return {
    async sharedTime() {
      const asked = needs.clock.now().getTime();
      const shared = await needs.databaseClock.now();
      // The answer took a moment: the database looked at its clock at some time in between.
      const ahead = Math.min(asked - shared.getTime(), 0) + Math.max(needs.clock.now().getTime() - shared.getTime(), 0);
      problem =
        Math.abs(ahead) > TOLERANCE_MS ? `differs from the database's by ${Math.round(ahead / 1000)} s` : undefined;
      if (problem === undefined) return shared;
      if (performance.now() < quietUntil) return undefined;
      quietUntil = performance.now() + QUIET_MS;
      needs.logger.error(
        { clock_ahead_seconds: Math.round(ahead / 1000) },
        'the clock of this machine differs from that of the database by more than a minute: this node removes nothing and ' +
          'replaces no key until it is set right',
      );
      return undefined;
    },
    problem: () => problem,
  };
}

const TOLERANCE_MS = 60_000;
/** Often enough to be found in a log, not so often that it fills it. */
const QUIET_MS = 300_000;
