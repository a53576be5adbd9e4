import type { SigningAlgorithm } from '../../model/client.js';
import type { SigningKey } from '../../model/signing-key.js';
import type { Context } from '../../ports/context.js';
import { type Actor, recordChange } from '../actor.js';

/** Replaces the key of one algorithm, or of every algorithm in use. */
export function rotateKeys(
  { algorithm, immediate }: { readonly algorithm?: SigningAlgorithm; readonly immediate: boolean },
  actor: Actor,
  { signer, store }: Pick<Context, 'signer' | 'store'>,
): Promise<readonly SigningKey[]> {
  return signer.rotate({ algorithm, immediate }, (successions) =>
    store.transaction(async (tx) => {
      for (const { key, others } of successions) {
        await tx.signingKeys.rotate(key, others);
        recordChange(
          actor,
          {
            action: 'key.rotated',
            target: { type: 'signing_key', id: key.kid },
            details: { algorithm: key.algorithm, immediate, active_at: key.activeAt.toISOString() },
          },
          tx,
        );
      }
    }),
  );
}
