import { authorizeDevice } from '../../protocol/device/authorize-device.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { presentedBy } from '../presented.js';
import type { Web } from '../web.js';
import { readForm } from './parameters.js';

/** POST {api}/oauth/device_authorization. @spec RFC 8628 §3.1 */
export async function deviceAuthorization(request: Incoming, { context }: Web): Promise<Answer> {
  const form = readForm(request, 'deviceAuthorization');
  return json(await authorizeDevice({ form, ...presentedBy(request, context) }, context));
}
