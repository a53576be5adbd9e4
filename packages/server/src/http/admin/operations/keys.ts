import type { Reply } from '@authly/admin-api';
import { rotateKeys } from '../../../admin/keys/rotate-keys.js';
import { withdrawKey } from '../../../admin/keys/withdraw-key.js';
import { type SigningKey, signingKeyState } from '../../../model/signing-key.js';
import type { Web } from '../../web.js';
import type { Handlers } from '../operation.js';
import { iso, isoOrNull } from '../wire/time.js';

/** Keys that sign tokens; their private halves stay where they are. */
export const keyHandlers: Handlers<'listKeys' | 'rotateKeys' | 'withdrawKey'> = {
  async listKeys(_call, { context }) {
    const keys = await keysNewestFirst(context);
    return { reply: keys, total: keys.length };
  },

  async rotateKeys({ body, actor }, { context }) {
    const { algorithm, immediate } = body;
    const keys = await rotateKeys({ algorithm, immediate }, actor, context);
    const now = context.clock.now();
    const message = immediate ? 'The new keys sign from now on' : 'The new keys are announced and will sign later';
    return { reply: { keys: keys.map((key) => keyReply(key, now)), message } };
  },

  async withdrawKey({ params, actor }, { context }) {
    const isNew = await withdrawKey(params.kid, actor, context);
    const keys = await keysNewestFirst(context);
    const key = keys.find(({ kid }) => kid === params.kid);
    if (key === undefined) throw new Error('a key that was withdrawn is in the list');
    const signing = keys.find(({ algorithm, state }) => algorithm === key.algorithm && state === 'signing');
    const message = isNew
      ? 'The key is withdrawn: nothing that it signed is valid any more'
      : 'The key was withdrawn already';
    return { reply: { key, signing: signing ?? null, message } };
  },
};

async function keysNewestFirst({ store, clock }: Web['context']): Promise<Reply<'listKeys'>> {
  const now = clock.now();
  const replies = (await store.signingKeys.all()).map((key) => keyReply(key, now));
  return replies.toSorted((left, right) => right.active_at.localeCompare(left.active_at));
}

function keyReply(key: SigningKey, now: Date): Reply<'listKeys'>[number] {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state: signingKeyState(key, now),
    created_at: iso(key.createdAt),
    // The first keys of an installation are active from before they were made.
    active_at: iso(key.activeAt > key.createdAt ? key.activeAt : key.createdAt),
    retired_at: isoOrNull(key.retiredAt),
    expires_at: isoOrNull(key.expiresAt),
    withdrawn_at: isoOrNull(key.withdrawnAt),
  };
}
