import { DEVICE_CODE_GRANT, type GrantId, type SessionId } from '@authly/oauth';
import type { SignedIn } from '../../identity/browser-session.js';
import type { AuditEvent, RequestOrigin } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { DeviceCode } from '../../model/device-code.js';
import type { Grant } from '../../model/grant.js';
import type { Context } from '../../ports/context.js';
import { type NextStep, nextStep } from '../authorize/next-step.js';
import { isEntitled } from '../entitlement.js';
import { subjectFor } from '../subject.js';

/** What a device asks of the person who is signed in here. */
export interface DeviceApproval {
  readonly device: DeviceCode;
  readonly client: Client;
  readonly signedIn: SignedIn;
}

/**
 * Lets the device in, as this person. False when the request was settled meanwhile, by whomever: one decision counts.
 * @spec RFC 8628 §3.3
 */
export async function approveDevice(
  { device, client, signedIn }: DeviceApproval,
  origin: RequestOrigin,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'settings' | 'audit'>,
): Promise<boolean> {
  const { user } = signedIn;
  const now = context.clock.now();
  const scopes = grantableScopes(device, signedIn);
  // First the consent: access that is not on the account page could not be taken back there.
  await context.store.consents.remember({ userId: user.id, clientId: client.clientId, scopes, grantedAt: now });
  const grant = grantOf({ device, client, signedIn }, scopes, context);
  const won = await context.store.deviceCodes.approve(device.userCode, grant, now);
  if (!won) return false;
  const details = { scopes, grant: grant.id, device_ip: device.ip };
  await context.audit.record({ ...eventOf('device.approved', client, signedIn), details }, origin);
  return true;
}

/** Refuses the device, so that it stops asking. */
export async function denyDevice(
  { device, client, signedIn }: DeviceApproval,
  origin: RequestOrigin,
  context: Pick<Context, 'store' | 'clock' | 'audit'>,
): Promise<boolean> {
  const won = await context.store.deviceCodes.deny(device.userCode, context.clock.now());
  if (won) {
    const details = { device_ip: device.ip };
    await context.audit.record({ ...eventOf('device.denied', client, signedIn), details }, origin);
  }
  return won;
}

/** What has to happen before the device is let in: the same as for every login, and always a question. @spec RFC 8628 §5.4 */
export function deviceStep(
  { device, client, signedIn }: DeviceApproval,
  { consented }: { readonly consented: boolean },
  context: Pick<Context, 'clock' | 'settings' | 'hashing'>,
): NextStep {
  return nextStep({
    request: { prompts: ['consent'], scopes: device.scopes, maxAge: client.defaultMaxAge },
    client,
    now: context.clock.now(),
    askedAt: device.createdAt,
    signedIn: { ...signedIn, subject: subjectFor(signedIn.user.id, client, context) },
    chosen: true,
    consented,
    passwordChangeEnforced: context.settings['password_change.enforced'],
  });
}

/** Of what the device asked for, what this person may hold. */
export function grantableScopes(device: DeviceCode, { user }: Pick<SignedIn, 'user'>): readonly string[] {
  return device.scopes.filter((scope) => isEntitled(scope, user));
}

function grantOf(
  { device, client, signedIn }: DeviceApproval,
  scopes: readonly string[],
  context: Pick<Context, 'clock' | 'random' | 'settings'>,
): Grant {
  const now = context.clock.now();
  const id = context.random.uuid() as GrantId;
  return {
    id,
    clientId: client.clientId,
    userId: signedIn.user.id,
    // A session of its own: the device learns nothing of the browser's, and does not end with it.
    sessionId: id as string as SessionId,
    scopes,
    resources: device.resources,
    method: DEVICE_CODE_GRANT,
    authTime: signedIn.session.authTime,
    acr: signedIn.session.acr,
    amr: signedIn.session.amr,
    offline: true,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000),
  };
}

function eventOf(action: string, client: Client, { user }: SignedIn): AuditEvent {
  return {
    action,
    outcome: 'success',
    actor: { type: 'user', id: user.id, name: user.username },
    clientId: client.clientId,
    target: { type: 'client', id: client.clientId },
  };
}
