import type { Clock } from '../ports/clock.js';

/** The time of this machine. */
export const systemClock: Clock = { now: () => new Date() };
