import type { UserId } from '@authly/oauth';
import type { AuditAction } from '../../../../model/audit-action.js';
import type { RecordedAuditEvent } from '../../../../model/audit-event.js';
import type { Web } from '../../../web.js';
import type { ActivityView } from '../activity.js';
import type { PageLinks } from '../section.js';

const ON_A_PAGE = 20;

/** What of the audit log concerns the person, in the words of the page: action and outcome → kind. */
const KINDS: ReadonlyMap<AuditAction, { readonly success: string; readonly failure: string }> = new Map([
  ['login', { success: 'signed_in', failure: 'sign_in_failed' }],
  ['login.first_factor', { success: 'first_factor', failure: 'first_factor' }],
  ['login.stepped_up', { success: 'stepped_up', failure: 'second_factor_failed' }],
  ['logout', { success: 'signed_out', failure: 'signed_out' }],
  ['session.ended', { success: 'session_ended', failure: 'session_ended' }],
  ['password.changed', { success: 'password_changed', failure: 'password_change_failed' }],
  ['second_factor.enabled', { success: 'second_factor_on', failure: 'second_factor_on_failed' }],
  ['second_factor.removed', { success: 'second_factor_off', failure: 'second_factor_off_failed' }],
  ['user.second_factor_reset', { success: 'second_factor_reset', failure: 'second_factor_reset' }],
  ['recovery_codes.renewed', { success: 'recovery_codes_made', failure: 'recovery_codes_failed' }],
  ['consent.granted', { success: 'consent_given', failure: 'consent_given' }],
  ['consent.withdrawn', { success: 'consent_removed', failure: 'consent_removed' }],
  ['device.approved', { success: 'device_approved', failure: 'device_approved' }],
  ['device.denied', { success: 'device_denied', failure: 'device_denied' }],
  ['api_key.created', { success: 'key_created', failure: 'key_created' }],
  ['api_key.rotated', { success: 'key_rotated', failure: 'key_rotated' }],
  ['api_key.revoked', { success: 'key_revoked', failure: 'key_revoked' }],
]);

/** A page of what happened lately, and where the older part is. */
export async function recentActivity(
  userId: UserId,
  before: number | undefined,
  web: Web,
): Promise<{ readonly activity: readonly ActivityView[]; readonly pages: PageLinks }> {
  const found = await web.context.audit.recentOf(userId, {
    actions: [...KINDS.keys()],
    limit: ON_A_PAGE + 1,
    ...(before !== undefined && { before }),
  });
  const events = found.slice(0, ON_A_PAGE);
  const last = events.at(-1);
  const activity = await Promise.all(events.map((event) => activityView(event, userId, web)));
  const pages = {
    ...(before !== undefined && { newer: `${web.base}/account#activity` }),
    ...(found.length > ON_A_PAGE && last && { older: `${web.base}/account?activity_before=${last.seq}#activity` }),
  };
  return { activity, pages };
}

async function activityView(event: RecordedAuditEvent, userId: UserId, web: Web): Promise<ActivityView> {
  // Where an administrator works from is nobody else's business.
  const own = event.actor.id === userId || event.actor.type === 'anonymous';
  return {
    kind: kindOf(event),
    at: event.at,
    subject: await subjectOf(event, web),
    ...(own && { userAgent: event.userAgent, address: event.ip }),
    failed: event.outcome === 'failure',
  };
}

function kindOf({ action, outcome, details }: RecordedAuditEvent): string {
  // Whoever fails at the second factor knows the password: that is worse than a guess.
  const wrongCode = String(details?.['reason']).startsWith('second_factor');
  if (action === 'login' && outcome === 'failure' && wrongCode) return 'second_factor_failed';
  return KINDS.get(action)?.[outcome] ?? action;
}

async function subjectOf(event: RecordedAuditEvent, web: Web): Promise<string | undefined> {
  const name = event.details?.['name'];
  if (event.action.startsWith('api_key.') && typeof name === 'string') return name;
  if (event.clientId === undefined) return undefined;
  return (await web.context.directory.client(event.clientId))?.name;
}
