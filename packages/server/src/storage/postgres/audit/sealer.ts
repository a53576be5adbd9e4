/** Every process keeps time; whichever comes first seals, and when one dies the others go on. */
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import type { Pool } from '../pool.js';
import { sealEvents } from './seal.js';

export interface Sealer {
  /** Seals once more what has been committed, and stops. */
  stop(): Promise<void>;
}

const EVERY_MS = 1000;
const FAULTS_A_LINE = 60;

export function startSealer(
  pool: Pool,
  box: SecretBox,
  { onFault }: { readonly onFault: (error: unknown) => void },
): Sealer {
  let running: Promise<void> | undefined;
  let faults = 0;
  async function seal(minimumAgeMs: number): Promise<void> {
    try {
      await sealEvents(pool, box, { minimumAgeMs });
      faults = 0;
    } catch (error) {
      // What goes on for long is said once a minute.
      if (faults % FAULTS_A_LINE === 0) onFault(error);
      faults += 1;
    } finally {
      running = undefined;
    }
  }
  const timer = setInterval(() => {
    running ??= seal(EVERY_MS);
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
      await seal(0);
    },
  };
}
