import { readParameters } from '@authly/oauth';
import { introspect, INTROSPECTION_PARAMETERS } from '../../protocol/introspect.js';
import { REVOCATION_PARAMETERS, revoke } from '../../protocol/revoke.js';
import { type Answer, json } from '../answer.js';
import { formParameters, type Incoming, jsonBody } from '../incoming.js';
import type { Web } from '../web.js';

/** POST {api}/oauth/introspect. @spec RFC 7662 §2 */
export async function introspection(request: Incoming, { context }: Web): Promise<Answer> {
  const form = formParameters(request, INTROSPECTION_PARAMETERS);
  return json(
    await introspect({ form, authorization: request.header('authorization'), origin: request.origin }, context),
  );
}

/** POST {api}/oauth/revoke with a form, or with JSON as older scripts do. @spec RFC 7009 §2 */
export async function revocation(request: Incoming, { context }: Web): Promise<Answer> {
  const form =
    request.contentType === 'application/json' ? readJson(request) : formParameters(request, REVOCATION_PARAMETERS);
  await revoke({ form, authorization: request.header('authorization'), origin: request.origin }, context);
  return json({ message: 'The token is revoked, or was not valid.' });
}

function readJson(request: Incoming): ReturnType<typeof readParameters> {
  const pairs = Object.entries(jsonBody(request)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return readParameters(pairs, REVOCATION_PARAMETERS);
}
