import { DEVICE_CODE_GRANT, type GrantId } from '@authly/oauth';
import type { SignedIn } from '../../identity/browser-session.js';
import type { AuditAction } from '../../model/audit-action.js';
import type { AuditEvent, RequestOrigin } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { DeviceCode } from '../../model/tokens/device-code.js';
import { type Grant, newGrant } from '../../model/tokens/grant.js';
import type { Context } from '../../ports/context.js';
import { consentExtras } from '../authorize/consent-extras.js';
import { type NextStep, nextStep } from '../authorize/next-step.js';
import { liveScopes } from '../live-scopes.js';
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
  context: Pick<Context, 'store' | 'clock' | 'random' | 'settings' | 'directory'>,
): Promise<boolean> {
  const { user } = signedIn;
  const now = context.clock.now();
  const scopes = await grantableScopes({ device, client, signedIn }, context);
  // First the consent: access that is not on the account page could not be taken back there.
  const consented = [...scopes, ...consentExtras(device)];
  await context.store.consents.remember({
    userId: user.id,
    clientId: client.clientId,
    scopes: consented,
    grantedAt: now,
  });
  const grant = grantOf({ device, client, signedIn }, scopes, context);
  const details = { scopes, grant: grant.id, device_ip: device.ip };
  const event = { ...eventOf('device.approved', client, signedIn), details, ...origin, at: now };
  return context.store.deviceCodes.approve(device.userCode, grant, event);
}

/** Refuses the device, so that it stops asking. */
export async function denyDevice(
  { device, client, signedIn }: DeviceApproval,
  origin: RequestOrigin,
  context: Pick<Context, 'store' | 'clock'>,
): Promise<boolean> {
  const details = { device_ip: device.ip };
  const event = { ...eventOf('device.denied', client, signedIn), details, ...origin, at: context.clock.now() };
  return context.store.deviceCodes.deny(device.userCode, event);
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

/** Of what the device asked for, what its client may still ask and this person may hold. */
export function grantableScopes(
  { device, client, signedIn }: DeviceApproval,
  context: Pick<Context, 'directory'>,
): Promise<readonly string[]> {
  return liveScopes(device.scopes, { client, user: signedIn.user }, context);
}

function grantOf(
  { device, client, signedIn }: DeviceApproval,
  scopes: readonly string[],
  context: Pick<Context, 'clock' | 'random' | 'settings'>,
): Grant {
  const now = context.clock.now();
  const { authTime, acr, amr } = signedIn.session;
  return newGrant({
    id: context.random.uuid() as GrantId,
    clientId: client.clientId,
    user: signedIn.user,
    // Not the browser's session: the device learns nothing of that, and does not end with it.
    proof: { authTime, acr, amr },
    scopes,
    resources: device.resources,
    method: DEVICE_CODE_GRANT,
    offline: true,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000),
  });
}

function eventOf(action: AuditAction, client: Client, { user }: SignedIn): AuditEvent {
  return {
    action,
    outcome: 'success',
    actor: { type: 'user', id: user.id, name: user.username },
    clientId: client.clientId,
    target: { type: 'client', id: client.clientId },
  };
}
