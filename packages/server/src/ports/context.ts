import type { Settings } from '../config/settings.js';
import type { AuditLog } from './audit.js';
import type { ClientKeys } from './client-keys.js';
import type { Clock } from './clock.js';
import type { Directory } from './directory.js';
import type { Events } from './events.js';
import type { Hashing } from './hashing.js';
import type { OneTimeCodes } from './one-time-codes.js';
import type { PasswordHasher } from './password-hasher.js';
import type { Random } from './random.js';
import type { RateLimiter } from './rate-limiter.js';
import type { SecretBox } from './secret-box.js';
import type { Signer } from './signer.js';
import type { Store } from './store/store.js';
import type { Turns } from './turns.js';

/** Everything that a rule may need from outside itself. A rule names the members that it uses with Pick. */
export interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Hashing;
  readonly box: SecretBox;
  readonly signer: Signer;
  readonly clientKeys: ClientKeys;
  readonly passwords: PasswordHasher;
  readonly oneTimeCodes: OneTimeCodes;
  readonly limiter: RateLimiter;
  readonly turns: Turns;
  readonly audit: AuditLog;
  readonly events: Events;
  readonly directory: Directory;
  readonly store: Store;
}
