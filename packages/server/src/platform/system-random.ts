import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '../ports/random.js';

/** The operating system's chance. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length), uuid: () => randomUUID() };
