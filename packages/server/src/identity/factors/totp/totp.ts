/** The six digits of an app, new every 30 seconds. @spec RFC 6238 */
import type { UserId } from '@authly/oauth';
import type { TotpApp } from '../../../model/people/second-factor.js';
import type { Context } from '../../../ports/context.js';
import type { Factor } from '../factor.js';
import { plainCode } from '../typed-code.js';
import { openSecret } from './secret.js';

export const totpFactor: Factor<'otp'> = {
  kind: 'otp',
  async prove(typed, userId, context) {
    const code = readTotpCode(typed);
    if (code === undefined) return { kind: 'another' };
    const app = await findTotpApp(userId, context);
    const step = app && context.oneTimeCodes.stepOf(code, openSecret(app, context), context.clock.now());
    if (app === undefined || step === undefined) return { kind: 'wrong', spent: false };
    // However many ask at once, on whatever worker, this statement lets one pass.
    const first = await context.store.secondFactors.useStep(app, step);
    return first ? { kind: 'right' } : { kind: 'wrong', spent: true };
  },
};

/** The digits; `undefined` when it has not the form of such a code. */
export function readTotpCode(typed: string): string | undefined {
  const code = plainCode(typed);
  return code !== undefined && /^\d{6}$/.test(code) ? code : undefined;
}

async function findTotpApp(userId: UserId, { store }: Pick<Context, 'store'>): Promise<TotpApp | undefined> {
  return (await store.secondFactors.listOf(userId)).find((factor) => factor.kind === 'otp');
}
