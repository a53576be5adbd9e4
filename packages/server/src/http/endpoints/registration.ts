import { manageRegistration } from '../../protocol/registration/manage.js';
import { register } from '../../protocol/registration/register.js';
import { type Answer, empty, json } from '../answer.js';
import { type Incoming, jsonBody } from '../incoming.js';
import type { Web } from '../web.js';

/** POST {api}/oauth/register. @spec RFC 7591 §3 */
export async function registerClient(request: Incoming, { context }: Web): Promise<Answer> {
  const body = jsonBody(request);
  const { origin } = request;
  return json(await register({ body, authorization: request.header('authorization'), origin }, context), {
    status: 201,
  });
}

/** GET {api}/oauth/register/CLIENT_ID. @spec RFC 7592 §2.1 */
export async function readRegistration(request: Incoming, { context }: Web): Promise<Answer> {
  const managed = await manageRegistration(proofOf(request), context);
  return json(await managed.read());
}

/** PUT {api}/oauth/register/CLIENT_ID. @spec RFC 7592 §2.2 */
export async function changeRegistration(request: Incoming, { context }: Web): Promise<Answer> {
  const managed = await manageRegistration(proofOf(request), context);
  return json(await managed.replace(jsonBody(request)));
}

/** DELETE {api}/oauth/register/CLIENT_ID. @spec RFC 7592 §2.3 */
export async function removeRegistration(request: Incoming, { context }: Web): Promise<Answer> {
  const managed = await manageRegistration(proofOf(request), context);
  await managed.remove();
  return empty(204);
}

function proofOf(request: Incoming) {
  return {
    clientId: request.params['client_id'] ?? '',
    authorization: request.header('authorization'),
    origin: request.origin,
  };
}
