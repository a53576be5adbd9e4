import { AdminRefusal } from '../../admin/refusal.js';
import type { Incoming } from '../incoming.js';

/** The ETag of a version. @spec RFC 9110 §8.8.3 */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * The version that If-Match names; `undefined` when the change is wanted whatever the version. A tag that was never ours is a
 * version that nothing has. @spec RFC 9110 §13.1.1
 */
export function ifMatchVersion(request: Pick<Incoming, 'header'>): number | undefined {
  const header = request.header('if-match')?.trim();
  if (header === undefined || header === '' || header === '*') return undefined;
  if (header.includes(',')) throw new AdminRefusal('INVALID_REQUEST', 'If-Match must name one ETag.');
  const digits = /^"v(\d{1,15})"$/.exec(header)?.[1];
  return digits === undefined ? NEVER : Number(digits);
}

const NEVER = -1;
