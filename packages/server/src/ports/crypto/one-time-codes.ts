/** The codes of authenticator apps: six digits, new every 30 seconds. @spec RFC 6238 §4 */
export interface OneTimeCodes {
  /** The time step that the code belongs to, the present one or one beside it; `undefined` when it is wrong. */
  stepOf(code: string, secret: Buffer, now: Date): number | undefined;
  /** The secret as people type it into an app: base32, without padding. */
  formatSecret(secret: Buffer): string;
  /** The address that an app reads from a QR code. `account` is whose it is, `issuer` where. */
  address(label: { readonly secret: Buffer; readonly issuer: string; readonly account: string }): string;
}
