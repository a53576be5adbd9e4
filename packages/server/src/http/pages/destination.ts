import { normaliseUserCode, showUserCode } from '../../protocol/device/user-code.js';
import type { Web } from '../web.js';

/** Where a page leads that belongs to no authorization request. Only places of our own: nothing of the request becomes an address. */
export function destination(values: ReadonlyMap<string, string>, web: Web): string {
  if (values.get('to') !== 'device') return `${web.base}/account`;
  const code = normaliseUserCode(values.get('user_code') ?? '');
  return code === undefined ? `${web.base}/device` : `${web.base}/device?user_code=${showUserCode(code)}`;
}

/** What the forms on the way carry along, to know it again. */
export function carriedDestination(values: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  if (values.get('to') !== 'device') return {};
  const code = normaliseUserCode(values.get('user_code') ?? '');
  return { to: 'device', ...(code !== undefined && { user_code: code }) };
}
