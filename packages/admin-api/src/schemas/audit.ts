import { z } from 'zod';
import { queryLimit, queryTime, time } from './fields.js';

/** Queries and answers of /admin/audit. @spec security, Contracts */

const filters = {
  /** An exact action (`client.created`) or a family with a trailing dot (`client.`). */
  action: z.string().max(100).optional(),
  outcome: z.enum(['success', 'failure'], { error: 'outcome must be success or failure' }).optional(),
  /** Identifier or name of who did it. */
  actor: z.string().max(255).optional(),
  client_id: z.string().max(255).optional(),
  target_type: z.string().max(100).optional(),
  target_id: z.string().max(255).optional(),
  ip: z.string().max(64).optional(),
  request_id: z.string().max(128).optional(),
  since: queryTime,
  until: queryTime,
} as const;

const sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional();

/** `cursor` is what an answer gave as next_cursor; it fits only the filters that it was given for. */
export const auditListQuery = z.object({
  ...filters,
  limit: queryLimit(1000, 50),
  cursor: z.string().max(512).optional(),
});

export const auditExportQuery = z.object(filters);

/** `anchor_seq` and `anchor_hash` are `last_seq` and `head_hash` of an earlier check. */
export const auditVerifyQuery = z.object({
  from_seq: sequence,
  to_seq: sequence,
  anchor_seq: sequence,
  anchor_hash: z
    .string()
    .max(64)
    .regex(/^[0-9a-f]{64}$/i, 'anchor_hash must be the head_hash of an earlier check')
    .optional(),
});

export const auditEvent = z.object({
  seq: z.int(),
  at: time,
  action: z.string(),
  outcome: z.enum(['success', 'failure']),
  actor: z.object({
    type: z.enum(['user', 'client', 'system', 'anonymous']),
    id: z.string().nullable(),
    name: z.string().nullable(),
  }),
  client_id: z.string().nullable(),
  target: z.object({ type: z.string(), id: z.string() }).nullable(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  request_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  /** SHA-256 of the event, as its seal keeps it. */
  hash: z.string(),
  /** The seal that covers it; null for a second or two after it was written. */
  seal: z.int().nullable(),
});

export const refusalParams = z.object({ request_id: z.string().min(1).max(128) });

export const refusalExplanation = z.object({
  request_id: z.string(),
  at: time,
  /** Where the application asked: authorize, token, device_authorization, …; null where something else was refused. */
  endpoint: z.string().nullable(),
  client_id: z.string().nullable(),
  client_name: z.string().nullable(),
  /** The code of OAuth, where there is one. */
  error: z.string().nullable(),
  description: z.string(),
  /** Parameters of the request that help to understand it. No secrets. */
  sent: z.record(z.string(), z.string()),
  registered_redirect_uris: z.array(z.string()),
  /** In what the address that was sent differs from the registered one that is most like it. */
  differences: z.array(z.string()),
  /** What to do, in the order in which to try it. */
  advice: z.array(z.string()),
  event: auditEvent,
});

export const auditPage = z.object({
  events: z.array(auditEvent),
  /** Leads to the next page; null on the last one. */
  next_cursor: z.string().nullable(),
});

export const auditVerification = z.object({
  valid: z.boolean(),
  /** Events that were recomputed. */
  checked: z.int(),
  first_seq: z.int().nullable(),
  last_seq: z.int().nullable(),
  /** The hash of the last seal: note it and `last_seq` elsewhere to prove later that nothing was cut off. */
  head_hash: z.string().nullable(),
  /** After which event the log begins, and when that event was sealed, once older ones have been removed. */
  start: z.object({ seq: z.int(), at: time }).nullable(),
  /** At most 100; `problem_count` says how many there are. */
  problems: z.array(
    z.object({ seq: z.int(), kind: z.enum(['missing', 'edited', 'added', 'unlinked', 'head']), message: z.string() }),
  ),
  problem_count: z.int(),
});
