import { pushRequest } from '../../protocol/authorize/push-request.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';
import { readForm } from './parameters.js';

/** POST {api}/oauth/par. @spec RFC 9126 §2 */
export async function pushedAuthorization(request: Incoming, { context }: Web): Promise<Answer> {
  const form = readForm(request, 'pushedAuthorization');
  const pushed = await pushRequest({ form, ...presentedBy(request, context) }, context);
  return json(pushed, { status: 201, headers: { 'Cache-Control': 'no-cache, no-store' } });
}
