import { addressRange } from '../../identity/places.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { AuthorizationRequest, Interaction } from '../../model/tokens/authorization-request.js';
import type { Context } from '../../ports/context.js';
import { OAuthError, tooMany } from '../error.js';

const LIFETIME_SECONDS = 3600;
/** Anybody can make us keep one for an hour, so it is small. */
const LARGEST_REQUEST = 8192;

/** Puts a request aside until the person has done what is needed; answers the handle that the pages carry. */
export async function beginInteraction(
  request: AuthorizationRequest,
  { browser, origin }: { readonly browser?: string; readonly origin: RequestOrigin },
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing' | 'limiter' | 'settings' | 'events'>,
): Promise<string> {
  await limitInteractions(origin, context);
  checkSize(request);
  const now = context.clock.now();
  const handle = context.random.bytes(24).toString('base64url');
  await context.store.interactions.add({
    idHash: context.hashing.tokenHash(handle),
    browserHash: browser === undefined ? undefined : context.hashing.tokenHash(browser),
    request,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_SECONDS * 1000),
  });
  return handle;
}

/** Refuses a request that is larger than it can have a reason to be. */
export function checkSize(request: AuthorizationRequest): void {
  if (JSON.stringify(request).length > LARGEST_REQUEST)
    throw new OAuthError('invalid_request', `The parameters are too long: at most ${LARGEST_REQUEST} bytes together.`);
}

/** Nobody has proved anything yet: what is limited is how much one address range can make us keep. */
async function limitInteractions(
  origin: RequestOrigin,
  { limiter, settings, events }: Pick<Context, 'limiter' | 'settings' | 'events'>,
): Promise<void> {
  const state = await limiter.consume({
    key: `interactions:${addressRange(origin.ip)}`,
    points: settings['login.begin_limit'],
    windowSeconds: 60,
  });
  if (state.allowed) return;
  events.emit({ type: 'rate_limit', endpoint: 'authorize' });
  throw tooMany(
    'temporarily_unavailable',
    'Too many sign-ins were begun from here. Wait, then try again.',
    state.resetSeconds,
  );
}

/** The open request behind a handle, if this browser may go on with it. */
// @check 88, 89, 92
export async function openInteraction(
  handle: string | undefined,
  browser: string | undefined,
  context: Pick<Context, 'store' | 'clock' | 'hashing'>,
): Promise<Interaction | undefined> {
  if (handle === undefined || browser === undefined || handle.length > 100) return undefined;
  const found = await context.store.interactions.find(context.hashing.tokenHash(handle));
  if (!found || found.completedAt !== undefined || found.expiresAt <= context.clock.now()) return undefined;
  const browserHash = context.hashing.tokenHash(browser);
  if (found.browserHash === undefined)
    return (await context.store.interactions.bind(found.idHash, browserHash)) ? { ...found, browserHash } : undefined;
  return context.hashing.equal(found.browserHash, browserHash) ? found : undefined;
}

/** A request that this browser went through, and that has been answered. */
export async function endedInteraction(
  handle: string,
  browser: string | undefined,
  context: Pick<Context, 'store' | 'hashing'>,
): Promise<Interaction | undefined> {
  if (browser === undefined || handle.length > 100) return undefined;
  const { store, hashing } = context;
  const found = await store.interactions.find(hashing.tokenHash(handle));
  if (found?.browserHash === undefined || found.completedAt === undefined) return undefined;
  return hashing.equal(found.browserHash, hashing.tokenHash(browser)) ? found : undefined;
}
