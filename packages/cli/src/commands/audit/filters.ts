import type { QueryInput } from '@authly/admin-api/client';
import { choice, text, type Values } from '../../program/option.js';

/** What narrows the audit log, for listing and exporting. */
export const filterOptions = {
  action: text('Only this action (client.created), or a family with a dot at its end (client.)'),
  outcome: choice(['success', 'failure'], 'Only what succeeded, or what failed'),
  actor: text('Only what this person or client did, by name or ID'),
  client: text('Only what this client took part in', { placeholder: 'CLIENT_ID', completes: 'client' }),
  target: text('Only what was done to this thing, by its ID'),
  ip: text('Only from this address'),
  requestId: text('Only this request'),
  since: text('Only from this time on', { placeholder: 'TIME' }),
  until: text('Only up to this time', { placeholder: 'TIME' }),
} as const;

export function filterQuery(given: Values<typeof filterOptions>): QueryInput<'exportAudit'> {
  return {
    action: given.action,
    outcome: given.outcome,
    actor: given.actor,
    client_id: given.client,
    target_id: given.target,
    ip: given.ip,
    request_id: given.requestId,
    since: given.since,
    until: given.until,
  };
}
