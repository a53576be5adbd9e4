import { introspect } from '../../protocol/token-state/introspect.js';
import { revoke } from '../../protocol/token-state/revoke.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';
import { readForm, readJson } from './parameters.js';

/** POST {api}/oauth/introspect. @spec RFC 7662 §2 */
export async function introspection(request: Incoming, { context }: Web): Promise<Answer> {
  const form = readForm(request, 'introspect');
  return json(await introspect({ form, ...presentedBy(request, context) }, context));
}

/** POST {api}/oauth/revoke with a form, or with JSON as older scripts do. @spec RFC 7009 §2 */
export async function revocation(request: Incoming, { context }: Web): Promise<Answer> {
  const form = request.contentType === 'application/json' ? readJson(request, 'revoke') : readForm(request, 'revoke');
  await revoke({ form, ...presentedBy(request, context) }, context);
  return json({ message: 'The token is revoked, or was not valid.' });
}
