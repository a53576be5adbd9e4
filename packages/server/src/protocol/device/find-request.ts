import { DEVICE_CODE_GRANT, type UserId } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { DeviceCode } from '../../model/tokens/device-code.js';
import type { Context } from '../../ports/context.js';
import { guess } from './guesses.js';
import { normaliseUserCode } from './user-code.js';

/** What stands behind a code that somebody typed. */
export type DeviceRequest =
  | { readonly kind: 'waiting' | 'expired' | 'denied'; readonly device: DeviceCode; readonly client: Client }
  /** `byAsker`: this person let the device in. */
  | { readonly kind: 'approved'; readonly device: DeviceCode; readonly client: Client; readonly byAsker: boolean }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/** Finds the request of a device by its user code. Wrong guesses are limited. @spec RFC 8628 §3.3, §5.1 */
export async function findDeviceRequest(
  { typed, userId, address }: { readonly typed: string; readonly userId: UserId; readonly address: string },
  context: Pick<Context, 'store' | 'clock' | 'limiter' | 'directory'>,
): Promise<DeviceRequest> {
  const userCode = normaliseUserCode(typed);
  // What can't be a code is a slip, not a guess.
  if (userCode === undefined) return { kind: 'unknown' };
  const guessed = await guess({ userId, address }, () => context.store.deviceCodes.findByUserCode(userCode), context);
  if (!('found' in guessed)) return { kind: 'limited', retryAfterSeconds: guessed.retryAfterSeconds };
  const device = guessed.found;
  const client = device && (await context.directory.client(device.clientId));
  if (!device || !client?.isActive || !client.grantTypes.includes(DEVICE_CODE_GRANT)) return { kind: 'unknown' };
  switch (device.status) {
    case 'pending':
      return { kind: device.expiresAt > context.clock.now() ? 'waiting' : 'expired', device, client };
    case 'denied':
      return { kind: 'denied', device, client };
    case 'approved':
    case 'redeemed': {
      const grant = device.grantId && (await context.store.grants.find(device.grantId));
      return { kind: 'approved', device, client, byAsker: grant?.userId === userId };
    }
  }
}
