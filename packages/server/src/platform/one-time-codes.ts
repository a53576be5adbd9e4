import { Secret, TOTP } from 'otpauth';
import type { OneTimeCodes } from '../ports/crypto/one-time-codes.js';

/** What every authenticator app can do; some ignore any other wish. */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** One step to either side: for clocks that are a little off, and for codes typed at the last moment. @spec RFC 6238 §5.2 */
const WINDOW = 1;

/** TOTP. The time always comes from the caller. */
export const oneTimeCodes: OneTimeCodes = {
  stepOf(code, secret, now) {
    const timestamp = now.getTime();
    const delta = TOTP.validate({ ...FORM, token: code, secret: keyOf(secret), timestamp, window: WINDOW });
    return delta === null ? undefined : TOTP.counter({ period: FORM.period, timestamp }) + delta;
  },
  formatSecret: (secret) => keyOf(secret).base32,
  address: ({ secret, issuer, account }) =>
    new TOTP({ ...FORM, secret: keyOf(secret), issuer, label: account }).toString(),
};

/** A buffer may be a piece of a larger one, which must not become part of the key. */
function keyOf(secret: Buffer): Secret {
  return new Secret({ buffer: Uint8Array.from(secret).buffer });
}
