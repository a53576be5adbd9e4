import type { UserId } from '@authly/oauth';
import type { TotpApp } from '../../src/model/people/second-factor.js';
import type { Store } from '../../src/ports/store/store.js';

/** The app of a person and their recovery codes, as one; `undefined` when they have set up nothing. */
export async function secondFactorOf(
  store: Pick<Store, 'secondFactors'>,
  userId: UserId,
): Promise<
  (Omit<TotpApp, 'kind'> & { readonly recoveryCodesMadeAt?: Date; readonly recoveryCodesLeft?: number }) | undefined
> {
  const factors = await store.secondFactors.listOf(userId);
  const app = factors.find((factor) => factor.kind === 'otp');
  if (app === undefined) return undefined;
  const codes = factors.find((factor) => factor.kind === 'recovery_code');
  const { kind: _, ...rest } = app;
  return { ...rest, recoveryCodesMadeAt: codes?.madeAt, recoveryCodesLeft: codes?.left };
}
