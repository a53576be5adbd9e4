import { SIGNING_ALGORITHMS } from '@authly/oauth';
import { z } from 'zod';
import { defaulted, message, optional, time } from './fields.js';

/** Bodies and answers of /admin/keys. */

export const signingKey = z.object({
  kid: z.string(),
  algorithm: z.string(),
  /** announced: in the JWKS, not yet signing; retired: no longer signing, its tokens still verify; gone: out of the JWKS; withdrawn: nothing it signed is valid. */
  state: z.enum(['announced', 'signing', 'retired', 'gone', 'withdrawn']),
  created_at: time,
  active_at: time,
  retired_at: time.nullable(),
  expires_at: time.nullable(),
  withdrawn_at: time.nullable(),
});

/** Without an algorithm one key of each algorithm in use is made. */
export const keyRotation = z
  .object({
    algorithm: optional(
      z.enum(SIGNING_ALGORITHMS, { error: `algorithm must be one of ${SIGNING_ALGORITHMS.join(', ')}` }),
    ),
    /** Sign with it at once; resource servers with a cached JWKS fetch it then. The old key stays valid: withdraw one that leaked. */
    immediate: defaulted(z.boolean(), false),
  })
  .nullish()
  .transform((body) => body ?? { algorithm: undefined, immediate: false });

export const rotatedKeys = z.object({ keys: z.array(signingKey), message });

export const keyId = z.object({ kid: z.string().max(255) });

/** The key that ended, and the one that signs in its place. */
export const withdrawnKey = z.object({ key: signingKey, signing: signingKey.nullable(), message });
