import { createHmac } from 'node:crypto';
import type { Caller } from '../../access/introspection.js';
import { derive } from './setup-sql.js';

/** No session lives longer, so no identity does. */
export const LONGEST_SESSION_MS = 24 * 60 * 60 * 1000;

/** Who is calling, sealed for one role until one moment: what `authly.user_id()` reads in the database. */
export function sealIdentity(secret: string, caller: Caller, slot: string, now: number): string {
  const payload = Buffer.from(
    JSON.stringify({
      sub: caller.subject,
      username: caller.username,
      client_id: caller.clientId,
      scopes: caller.scopes,
      slot,
      end: Math.floor((now + LONGEST_SESSION_MS) / 1000),
    }),
  ).toString('base64');
  return `${payload}.${createHmac('sha256', derive(secret, 'context')).update(payload).digest('hex')}`;
}
