import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';
import { AdminRefusal } from '../refusal.js';

/** Ends a signing key at once, because somebody else has it. Says whether it had not been ended before. */
export async function withdrawKey(
  kid: string,
  actor: Actor,
  { signer, store }: Pick<Context, 'signer' | 'store'>,
): Promise<boolean> {
  const withdrawn = await signer.withdraw(kid, ({ successor, now }) =>
    store.transaction(async (tx) => {
      if (!(await tx.signingKeys.withdraw(kid, successor, now))) return false;
      const target = { type: 'signing_key', id: kid };
      recordChange(actor, { action: 'key.withdrawn', target, details: { algorithm: successor.algorithm } }, tx);
      return true;
    }),
  );
  if (withdrawn === undefined) throw new AdminRefusal('KEY_NOT_FOUND', `There is no signing key ${kid}`);
  return withdrawn;
}
