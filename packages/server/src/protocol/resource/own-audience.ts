import { canonicalResource } from '@authly/oauth';
import type { Context } from '../../ports/context.js';

/** What tokens say that are for no registered resource: UserInfo and the rest of this server. @spec RFC 9068 §3 */
export function ownAudience({ settings }: Pick<Context, 'settings'>): string {
  return settings['tokens.default_audience'] ?? settings.issuer;
}

/** Whether a resource is this server itself, in any spelling. */
export function isOwnAudience(identifier: string, { settings }: Pick<Context, 'settings'>): boolean {
  const own = [settings.issuer, settings['tokens.default_audience']].filter((one) => one !== undefined);
  const canonical = canonicalResource(identifier);
  return own.some((one) => one === identifier || (canonical !== undefined && canonicalResource(one) === canonical));
}
