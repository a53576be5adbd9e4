import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import type { Incoming } from '../incoming.js';

/**
 * The doors before everything else: is there an admin API at all, and may this address knock? The address is that of the
 * connection; forwarded headers count only where the connection comes from a configured proxy.
 */
export function guardAdmin(request: Pick<Incoming, 'origin'>, context: Pick<Context, 'settings'>): void {
  const { settings } = context;
  if (!settings['admin.enabled'])
    throw new AdminRefusal('ADMIN_API_DISABLED', 'The admin API is disabled (AUTHLY_ADMIN_API_ENABLED).');
  if (settings['admin.localhost_only'] && !isLoopback(request.origin.ip))
    throw new AdminRefusal(
      'ADMIN_API_LOCALHOST_ONLY',
      'The admin API is only accessible from localhost (AUTHLY_ADMIN_API_LOCALHOST_ONLY).',
    );
}

/** Tells whether an address belongs to this machine. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || /^127\.(?:\d{1,3}\.){2}\d{1,3}$/.test(plain);
}
