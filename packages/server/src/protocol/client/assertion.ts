import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';
import { endpointAddress } from '../endpoints/table.js';

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
  if (!verified) throw refusal('the signature does not match a registered key of the client');
  const { iss, sub, aud, exp, iat, nbf, jti } = verified.claims;
  const now = context.clock.now().getTime() / 1000;
  if (iss !== client.clientId || sub !== client.clientId) throw refusal('iss and sub must both be the client_id');
  if (!isForUs(aud, client, context)) throw refusal('aud names another server, or more than the client may send');
  if (typeof exp !== 'number' || exp <= now - SKEW_SECONDS) throw refusal('exp is missing or past');
  if (exp > now + LONGEST_LIFE_SECONDS + SKEW_SECONDS)
    throw refusal(`exp is more than ${LONGEST_LIFE_SECONDS} s ahead`);
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + SKEW_SECONDS)) throw refusal('nbf is in the future');
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + SKEW_SECONDS)) throw refusal('iat is in the future');
  if (typeof jti !== 'string' || jti === '' || jti.length > 512) throw refusal('jti is missing');
  const mark = context.hashing.tokenHash(`client_assertion\n${client.clientId}\n${jti}`);
  const first = await context.store.replays.claim(mark, new Date((exp + SKEW_SECONDS) * 1000), context.clock.now());
  if (!first) throw refusal('jti was used before');
}

/**
 * Strict clients send the issuer as a string. Of compatible ones the address of the token endpoint will do, and a list, but every
 * member must be ours: otherwise one server could replay at another what was meant for both. @spec RFC 7523bis §4
 */
function isForUs(audience: unknown, client: Client, context: Pick<Context, 'settings'>): boolean {
  if (client.assertionAudience === 'issuer') return audience === context.settings.issuer;
  const ours: readonly unknown[] = [context.settings.issuer, endpointAddress('token', context.settings)];
  const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  return named.length > 0 && named.every((member) => ours.includes(member));
}

function refusal(reason: string): OAuthError {
  return new OAuthError(
    'invalid_client',
    'Client authentication failed: check the keys, aud (the issuer), exp and jti of client_assertion.',
    {
      cause: new Error(reason),
    },
  );
}
