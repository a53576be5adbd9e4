import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';

const SKEW_SECONDS = 60;
const LONGEST_LIFE_SECONDS = 600;

/**
 * Checks the JWT with which a client authenticates. Every failure is the same refusal; the reason goes to the log.
 * @spec RFC 7523 §3, OpenID Connect Core §9
 */
// @check 114, 115, 116, 117
export async function checkAssertion(
  assertion: string,
  client: Client,
  context: Pick<Context, 'clientKeys' | 'clock' | 'settings' | 'store' | 'hashing'>,
): Promise<void> {
  const verified = await context.clientKeys.verify(assertion, client);
  if (!verified) throw refused('the signature does not match a registered key of the client');
  const { iss, sub, aud, exp, iat, nbf, jti } = verified.claims;
  const now = context.clock.now().getTime() / 1000;
  if (iss !== client.clientId || sub !== client.clientId) throw refused('iss and sub must both be the client_id');
  // An array is refused: a list of audiences lets one server replay the assertion at another. @spec RFC 7523bis §4
  if (aud !== context.settings.issuer) throw refused('aud must be the issuer, as a string');
  if (typeof exp !== 'number' || exp <= now - SKEW_SECONDS) throw refused('exp is missing or past');
  if (exp > now + LONGEST_LIFE_SECONDS + SKEW_SECONDS)
    throw refused(`exp is more than ${LONGEST_LIFE_SECONDS} s ahead`);
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + SKEW_SECONDS)) throw refused('nbf is in the future');
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + SKEW_SECONDS)) throw refused('iat is in the future');
  if (typeof jti !== 'string' || jti === '' || jti.length > 512) throw refused('jti is missing');
  const mark = context.hashing.tokenHash(`client_assertion\n${client.clientId}\n${jti}`);
  const first = await context.store.replays.first(mark, new Date((exp + SKEW_SECONDS) * 1000), context.clock.now());
  if (!first) throw refused('jti was used before');
}

function refused(reason: string): OAuthError {
  return new OAuthError(
    'invalid_client',
    'Client authentication failed: check the keys, aud (the issuer), exp and jti of client_assertion.',
    {
      cause: new Error(reason),
    },
  );
}
