/** When to ask again whether a device code was approved: a pure rule, so that every case can be tested without waiting. */

/** What is known between two polls. */
export interface PollSchedule {
  /** What the server asked for, in seconds; `slow_down` raises it for good. */
  readonly intervalSeconds: number;
  /** How much longer than that to wait, against clocks that run fast. */
  readonly stretch: number;
  /** Grows while the network fails. */
  readonly backOff: number;
  readonly slowDowns: number;
  /** When the code expires, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The answers that are not the end of the flow. */
export type PollAnswer =
  | { readonly type: 'pending'; readonly interval?: number }
  | { readonly type: 'slow_down'; readonly interval?: number }
  | { readonly type: 'busy'; readonly retryAfter?: number }
  | { readonly type: 'unreachable' };

/**
 * The schedule of a fresh code. The clocks of virtual machines and WSL run 5 to 30 % fast, and a server that counts real seconds then sees every poll as
 * too early; the stretch forgives that from the start.
 *
 * @spec RFC 8628 §3.5
 * @example
 * ```ts
 * let schedule = startPolling(device);
 * schedule = afterAnswer(schedule, { type: 'slow_down' });
 * const pause = waitBeforePoll(schedule, Date.now());
 * ```
 */
export function startPolling(code: { readonly intervalSeconds: number; readonly expiresAt: number }): PollSchedule {
  return {
    intervalSeconds: code.intervalSeconds,
    stretch: 1.2,
    backOff: 1,
    slowDowns: 0,
    expiresAt: code.expiresAt,
  };
}

/**
 * Milliseconds to wait before the next poll, by what the server said last; `undefined` when the code expires before.
 *
 * @example
 * ```ts
 * const pause = waitBeforePoll(startPolling(device), Date.now());
 * ```
 */
export function waitBeforePoll(schedule: PollSchedule, now: number, retryAfterSeconds = 0): number | undefined {
  const wanted = schedule.intervalSeconds * schedule.stretch * schedule.backOff;
  const wait = Math.max(wanted, retryAfterSeconds) * 1000;
  return now + wait >= schedule.expiresAt ? undefined : wait;
}

/**
 * The schedule after an answer.
 *
 * @example
 * ```ts
 * const schedule = afterAnswer(startPolling(device), { type: 'pending' });
 * ```
 */
export function afterAnswer(schedule: PollSchedule, answer: PollAnswer): PollSchedule {
  switch (answer.type) {
    case 'pending':
      return { ...schedule, backOff: 1, intervalSeconds: atLeast(schedule.intervalSeconds, answer.interval) };
    case 'slow_down':
      return {
        ...schedule,
        backOff: 1,
        stretch: 1.4,
        slowDowns: schedule.slowDowns + 1,
        intervalSeconds: atLeast(schedule.intervalSeconds + 5, answer.interval),
      };
    case 'busy':
      return schedule;
    case 'unreachable':
      return { ...schedule, backOff: Math.min(schedule.backOff * 2, 16) };
  }
}

function atLeast(seconds: number, asked: number | undefined): number {
  return asked !== undefined && Number.isFinite(asked) ? Math.max(seconds, asked) : seconds;
}
