import type { AuthorizationRequest, Interaction } from '../../model/authorization-request.js';
import type { Context } from '../../ports/context.js';

const LIFETIME_SECONDS = 3600;

/** Puts a request aside until the person has done what is needed; answers the handle that the pages carry. */
export async function beginInteraction(
  request: AuthorizationRequest,
  browser: string | undefined,
  context: Pick<Context, 'store' | 'clock' | 'random' | 'hashing'>,
): Promise<string> {
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
