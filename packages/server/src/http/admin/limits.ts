import { AdminRefusal } from '../../admin/refusal.js';
import { addressRange } from '../../identity/places.js';
import type { Actor } from '../../admin/actor.js';
import type { Context } from '../../ports/context.js';
import type { RateLimitState } from '../../ports/rate-limiter.js';
import type { Incoming } from '../incoming.js';
import type { Operation } from './operation.js';

/** Operations that hash passwords or hand out credentials cost more and are worth more to an attacker. */
const SECRET_SHARE = 5;
/** Nobody has proved anything yet: accounts, not calls, are what is limited. */
const REGISTRATIONS_A_MINUTE = 20;
export const LIMIT_WINDOW_SECONDS = 60;

/** Counts the call; answers the state of the limit, or refuses. */
export async function countCall(
  operation: Pick<Operation, 'name' | 'access' | 'secret'>,
  caller: { readonly actor: Actor | undefined; readonly request: Pick<Incoming, 'origin'> },
  context: Pick<Context, 'limiter' | 'events' | 'settings'>,
): Promise<RateLimitState> {
  const who = caller.actor?.user.id ?? addressRange(caller.request.origin.ip);
  const state = await context.limiter.consume({
    key: `api:${operation.name}:${who}`,
    points: pointsOf(operation, context),
    windowSeconds: LIMIT_WINDOW_SECONDS,
  });
  if (state.allowed) return state;
  context.events.emit({ type: 'rate_limit', endpoint: operation.name });
  throw new AdminRefusal('RATE_LIMITED', 'Too many requests. Wait, then try again.', {
    headers: { ...limitHeaders(state), 'Retry-After': String(Math.max(1, Math.ceil(state.resetSeconds))) },
  });
}

/** @spec draft-ietf-httpapi-ratelimit-headers-03 */
export function limitHeaders(state: RateLimitState): Record<string, string> {
  return {
    'RateLimit-Limit': String(state.limit),
    'RateLimit-Remaining': String(Math.max(0, state.remaining)),
    'RateLimit-Reset': String(Math.max(0, Math.ceil(state.resetSeconds))),
  };
}

function pointsOf(
  { name, access, secret }: Pick<Operation, 'name' | 'access' | 'secret'>,
  { settings }: Pick<Context, 'settings'>,
): number {
  if (name === 'registerAccount') return REGISTRATIONS_A_MINUTE;
  const all = settings['admin.rate_limit'];
  // The sign-in itself has limits of its own, for each account and each address.
  return access === 'anyone' || secret !== true ? all : Math.ceil(all / SECRET_SHARE);
}
