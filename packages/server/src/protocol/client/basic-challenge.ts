/**
 * The header of a refusal that wants Basic authentication. It repeats the refusal: many clients never show the body of a 401 that
 * has a challenge. @spec RFC 7617 §2, RFC 9110 §11.2
 */
export function basicChallenge(description: string): Readonly<Record<string, string>> {
  const ascii = description.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
  return {
    'WWW-Authenticate': `Basic realm="authly", charset="UTF-8", error="invalid_client", error_description="${ascii}"`,
  };
}
