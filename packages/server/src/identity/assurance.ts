/** How well a person proved who they are (acr), and with what (amr). */
import type { SecondFactorMethod } from '../model/people/second-factor.js';

/** With a password alone. */
export const ACR_PASSWORD = 'urn:authly:acr:password';

/** With a password and a second factor. */
export const ACR_MULTI_FACTOR = 'urn:authly:acr:mfa';

/** What a client can ask for, and what tokens then say. The later ones include the earlier. */
export const ACR_VALUES: readonly string[] = [ACR_PASSWORD, ACR_MULTI_FACTOR];

export interface Assurance {
  readonly acr: string;
  readonly amr: readonly string[];
}

export const PASSWORD_ALONE: Assurance = { acr: ACR_PASSWORD, amr: ['pwd'] };

/** A recovery code is a one-time password too. @spec RFC 8176 §2, RFC 4949 (one-time password) */
const AMR: Readonly<Record<SecondFactorMethod, string>> = { otp: 'otp', recovery_code: 'otp' };

/** A password, and then a second factor. */
export function passwordAnd(factor: SecondFactorMethod): Assurance {
  return { acr: ACR_MULTI_FACTOR, amr: ['pwd', AMR[factor], 'mfa'] };
}
