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

const sequence = z.coerce.number().int().min(1).optional();

/** `cursor` is what an answer gave as next_cursor; it fits only the filters that it was given for. */
export const auditListQuery = z.object({
  ...filters,
  limit: queryLimit(1000, 50),
  cursor: z.string().max(512).optional(),
});

export const auditExportQuery = z.object(filters);

export const auditVerifyQuery = z.object({ from_seq: sequence, to_seq: sequence });

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
  previous_hash: z.string(),
  hash: z.string(),
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
  /** The hash of the last event: note it elsewhere to prove later that nothing was cut off. */
  head_hash: z.string().nullable(),
  /** At most 100; `problem_count` says how many there are. */
  problems: z.array(z.object({ seq: z.int(), kind: z.enum(['missing', 'edited', 'unlinked']), message: z.string() })),
  problem_count: z.int(),
});
