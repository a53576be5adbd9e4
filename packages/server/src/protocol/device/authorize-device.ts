import { DEVICE_CODE_GRANT, type Parameters } from '@authly/oauth';
import { addressRange } from '../../identity/places.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Context } from '../../ports/context.js';
import { authenticateClient } from '../client/authenticate.js';
import { OAuthError, tooMany } from '../error.js';
import { checkWish } from '../resource/check-wish.js';
import { readResources } from '../resource/read-resources.js';
import { scopeParameter } from '../token/scope-parameter.js';
import { DEVICE_CODE_LIFETIME_SECONDS, makeUserCode, showUserCode } from './user-code.js';

/** @spec RFC 8628 §3.2 */
export interface DeviceAuthorization {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly interval: number;
}

const INTERVAL_SECONDS = 5;
const REQUESTS_PER_MINUTE = 30;

/** A device that can't show a browser asks for a code that a person confirms elsewhere. @spec RFC 8628 §3.1 */
// @check 164, 165
export async function authorizeDevice(
  request: { readonly form: Parameters; readonly authorization: string | undefined; readonly origin: RequestOrigin },
  context: Context,
): Promise<DeviceAuthorization> {
  const { form, origin } = request;
  const { client } = await authenticateClient(request, context);
  if (!client.grantTypes.includes(DEVICE_CODE_GRANT))
    throw new OAuthError('unauthorized_client', 'This client is not registered for the device flow.');
  const limit = await context.limiter.consume({
    key: `device:${client.clientId}:${addressRange(origin.ip)}`,
    points: REQUESTS_PER_MINUTE,
    windowSeconds: 60,
  });
  if (!limit.allowed)
    throw tooMany('slow_down', 'Too many device logins were started. Wait, then try again.', limit.resetSeconds);
  const wish = { scopes: scopeParameter(form), resources: readResources(form.lists.get('resource')) };
  const { scopes, resources } = await checkWish(wish, client, context);
  const now = context.clock.now();
  const deviceCode = context.random.bytes(32).toString('base64url');
  const code = {
    hash: context.hashing.tokenHash(deviceCode),
    clientId: client.clientId,
    scopes,
    resources,
    createdAt: now,
    expiresAt: new Date(now.getTime() + DEVICE_CODE_LIFETIME_SECONDS * 1000),
    intervalSeconds: INTERVAL_SECONDS,
    status: 'pending',
    ip: origin.ip,
    userAgent: origin.userAgent,
  } as const;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const userCode = makeUserCode((length) => context.random.bytes(length));
    if (await context.store.deviceCodes.add({ ...code, userCode })) return answer(deviceCode, userCode, context);
  }
  throw new Error('five user codes in a row were taken');
}

function answer(deviceCode: string, userCode: string, context: Pick<Context, 'settings'>): DeviceAuthorization {
  const page = `${context.settings.issuer.replace(/\/$/, '')}/device`;
  const shown = showUserCode(userCode);
  return {
    device_code: deviceCode,
    user_code: shown,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${shown}`,
    expires_in: DEVICE_CODE_LIFETIME_SECONDS,
    interval: INTERVAL_SECONDS,
  };
}
