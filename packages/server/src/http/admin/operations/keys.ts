import type { Reply } from '@authly/admin-api';
import { rotateKeys } from '../../../admin/keys/rotate-keys.js';
import { type SigningKey, signingKeyState } from '../../../model/signing-key.js';
import type { Handlers } from '../operation.js';
import { iso, isoOrNull } from '../wire/time.js';

/** Keys that sign tokens; their private halves stay where they are. */
export const keyHandlers: Handlers<'listKeys' | 'rotateKeys'> = {
  async listKeys(_call, { context }) {
    const now = context.clock.now();
    const keys = await context.store.signingKeys.all();
    const newestFirst = keys.toSorted((left, right) => right.activeAt.getTime() - left.activeAt.getTime());
    return { reply: newestFirst.map((key) => keyReply(key, now)), total: keys.length };
  },

  async rotateKeys({ body, actor }, { context }) {
    const { algorithm, immediate } = body;
    const keys = await rotateKeys({ algorithm, immediate }, actor, context);
    const now = context.clock.now();
    const message = immediate ? 'The new keys sign from now on' : 'The new keys are announced and will sign later';
    return { reply: { keys: keys.map((key) => keyReply(key, now)), message } };
  },
};

function keyReply(key: SigningKey, now: Date): Reply<'listKeys'>[number] {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state: signingKeyState(key, now),
    created_at: iso(key.createdAt),
    active_at: iso(key.activeAt),
    retired_at: isoOrNull(key.retiredAt),
    expires_at: isoOrNull(key.expiresAt),
  };
}
