/**
 * The expiry of an access token as its `exp` claim says it. A token is looked up by that claim, so what is stored must not be
 * more exact. @spec RFC 7519 §2 (NumericDate)
 */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
