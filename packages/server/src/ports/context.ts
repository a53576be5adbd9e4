import type { Settings } from '../config/settings.js';
import type { AuditLog } from './audit.js';
import type { ClientKeys } from './crypto/client-keys.js';
import type { CommonPasswords } from './common-passwords.js';
import type { Clock } from './clock.js';
import type { RegistrationCache } from './registration-cache.js';
import type { Events } from './events.js';
import type { Hashing } from './crypto/hashing.js';
import type { OneTimeCodes } from './crypto/one-time-codes.js';
import type { Outbound } from './outbound.js';
import type { PasswordHasher } from './crypto/password-hasher.js';
import type { ProofSignatures } from './crypto/proof-signatures.js';
import type { Random } from './crypto/random.js';
import type { RateLimiter } from './rate-limiter.js';
import type { SecretBox } from './crypto/secret-box.js';
import type { Signer } from './crypto/signer.js';
import type { Store } from './store/store.js';
import type { KeyQueue } from './key-queue.js';

/** Everything that a rule may need from outside itself. A rule names the members that it uses with Pick. */
export interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashing: Hashing;
  readonly box: SecretBox;
  readonly signer: Signer;
  readonly clientKeys: ClientKeys;
  readonly proofSignatures: ProofSignatures;
  readonly outbound: Outbound;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly oneTimeCodes: OneTimeCodes;
  readonly limiter: RateLimiter;
  readonly keyQueue: KeyQueue;
  readonly audit: AuditLog;
  readonly events: Events;
  readonly directory: RegistrationCache;
  readonly store: Store;
}
