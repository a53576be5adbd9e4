import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../../protocol/error.js';
import type { Incoming } from '../incoming.js';

type Caller = Pick<Incoming, 'client'>;

/** Before everything else: whether there is an admin API at all, and whether it answers this address. */
export function guardAdmin(request: Caller, context: Pick<Context, 'settings'>): void {
  const { settings } = context;
  if (!settings['admin.enabled'])
    throw new AdminRefusal('ADMIN_API_DISABLED', 'The admin API is disabled (AUTHLY_ADMIN_API_ENABLED).');
  if (settings['admin.localhost_only'] && !request.client.isLocal)
    throw new AdminRefusal(
      'ADMIN_API_LOCALHOST_ONLY',
      localOnly('The admin API', 'AUTHLY_ADMIN_API_LOCALHOST_ONLY', request),
    );
}

/** Metrics tell how much is used, and by which endpoints: they are for the operator. */
export function guardMetrics(request: Caller, context: Pick<Context, 'settings'>): void {
  if (context.settings['metrics.localhost_only'] && !request.client.isLocal)
    throw new OAuthError('access_denied', localOnly('/metrics', 'AUTHLY_METRICS_LOCALHOST_ONLY', request), {
      status: 403,
    });
}

function localOnly(what: string, variable: string, { client }: Caller): string {
  return client.isByUnnamedProxy
    ? `${what} is only accessible from localhost, and this request was forwarded by a proxy that is not named in AUTHLY_TRUSTED_PROXIES.`
    : `${what} is only accessible from localhost (${variable}).`;
}
