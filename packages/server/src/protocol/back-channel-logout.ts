import type { Context } from '../ports/context.js';
import type { LogoutJob } from '../ports/jobs.js';
import { type Outbound, OutboundError } from '../ports/outbound.js';
import { sessionIdFor, subjectFor } from './subject.js';

/** How long a logout token can be used, in seconds. @spec OpenID Connect Back-Channel Logout §2.4 */
const LIFETIME = 120;
const TIMEOUT_MS = 5_000;

/** When a client that did not answer is asked again, in seconds. */
export const LOGOUT_RETRY_SECONDS = [10, 300] as const;

/**
 * Tells one client that a session has ended. A client that is gone, or does not want to be told any more, is not.
 * @throws OutboundError when it is to be tried again
 */
// @check 256, 257
export async function sendLogoutToken(
  job: LogoutJob,
  attempt: number,
  context: Pick<Context, 'store' | 'signer' | 'hashing' | 'clock' | 'random' | 'settings' | 'audit'>,
  outbound: Outbound,
): Promise<void> {
  const client = await context.store.clients.find(job.clientId);
  if (!client?.isActive || client.backchannelLogoutUri === undefined) return;
  const now = Math.floor(context.clock.now().getTime() / 1000);
  const token = await context.signer.sign({
    algorithm: client.idTokenAlg,
    type: 'logout+jwt',
    claims: {
      iss: context.settings.issuer,
      aud: client.clientId,
      sub: subjectFor(job.userId, client, context),
      sid: sessionIdFor(job.sessionId, client, context),
      iat: now,
      exp: now + LIFETIME,
      jti: context.random.bytes(16).toString('base64url'),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
  });
  const tell = (outcome: 'success' | 'failure', reason?: string): Promise<void> =>
    context.audit.record(
      {
        action: outcome === 'success' ? 'logout.delivered' : 'logout.failed',
        outcome,
        actor: { type: 'system' },
        clientId: client.clientId,
        target: { type: 'session', id: job.sessionId },
        details: reason === undefined ? {} : { reason },
      },
      {},
    );
  try {
    const wish = { purpose: 'back_channel_logout', timeoutMs: TIMEOUT_MS };
    const status = await outbound.postForm(client.backchannelLogoutUri, { logout_token: token }, wish);
    if (status === 200 || status === 204) return await tell('success');
    // The client has understood and will not. @spec OpenID Connect Back-Channel Logout §2.8
    if (status === 400) return await tell('failure', 'it answered 400');
    throw new OutboundError(`it answered ${status}`);
  } catch (error) {
    if (!(error instanceof OutboundError) || attempt <= LOGOUT_RETRY_SECONDS.length) throw error;
    await tell('failure', error.message);
  }
}
