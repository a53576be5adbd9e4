import { authorizeDevice, DEVICE_PARAMETERS } from '../../protocol/device/authorize-device.js';
import { type Answer, json } from '../answer.js';
import { formParameters, type Incoming } from '../incoming.js';
import type { Web } from '../web.js';

/** POST {api}/oauth/device_authorization. @spec RFC 8628 §3.1 */
export async function deviceAuthorization(request: Incoming, { context }: Web): Promise<Answer> {
  const form = formParameters(request, DEVICE_PARAMETERS);
  return json(
    await authorizeDevice({ form, authorization: request.header('authorization'), origin: request.origin }, context),
  );
}
