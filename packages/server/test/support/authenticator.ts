import { Secret, TOTP } from 'otpauth';
import { makeRecoveryCodes } from '../../src/identity/factors/recovery-code/recovery-codes.js';
import { newSecret } from '../../src/identity/factors/totp/secret.js';
import type { User } from '../../src/model/people/user.js';
import type { TestServer } from './server.js';

/** The app on a person's phone, and the codes on their paper. */
export interface GivenAuthenticator {
  /** What the app shows now, by the server's clock; each code counts once. */
  code(): string;
  readonly recoveryCodes: readonly string[];
}

/** Gives a person a second factor, as if they had set it up a while ago. */
export async function givenAuthenticator(
  { context, clock }: Pick<TestServer, 'context' | 'clock'>,
  { id: userId }: Pick<User, 'id'>,
): Promise<GivenAuthenticator> {
  const { secret, sealedSecret } = newSecret(userId, context);
  const setup = {
    id: context.random.uuid(),
    userId,
    sealedSecret,
    createdAt: clock.now(),
    expiresAt: new Date(clock.now().getTime() + 600_000),
  };
  await context.store.secondFactors.propose(setup);
  const recovery = makeRecoveryCodes(userId, context);
  const enabled = await context.store.secondFactors.enable({
    setup,
    step: 0,
    recoveryCodes: recovery.hashes,
    now: clock.now(),
  });
  if (!enabled) throw new Error('the second factor was not set up');
  const app = new TOTP({ secret: new Secret({ buffer: Uint8Array.from(secret).buffer }) });
  return {
    code: () => app.generate({ timestamp: clock.now().getTime() }),
    recoveryCodes: recovery.shown,
  };
}
