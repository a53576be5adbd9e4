/**
 * The places from which a person signs in: ranges of addresses, and browsers. A place from which they have signed in before has limits
 * of its own, so that strangers who guess elsewhere cannot lock the person out. @spec NIST SP 800-63B §3.2.2 (rate limiting)
 */
import type { SessionId, UserId } from '@authly/oauth';
import type { RequestOrigin } from '../model/audit-event.js';
import type { Context } from '../ports/context.js';

export interface Whereabouts {
  readonly origin: RequestOrigin;
  /** The secret of the cookie that this browser keeps; absent for programs. */
  readonly browser?: string;
}

/** A known place as limits and the database name it. */
export interface KnownPlace {
  readonly kind: 'browser' | 'address';
  readonly key: string;
}

/** The known place from which somebody tries to be this person; `undefined` for a stranger. A browser tells more than an address. */
export async function findKnownPlace(
  userId: UserId,
  from: Whereabouts,
  context: Pick<Context, 'store' | 'hashing'>,
): Promise<KnownPlace | undefined> {
  const places = placesOf(from, context);
  const known = new Set(
    await context.store.users.knownPlaces(
      userId,
      places.map(({ key }) => key),
    ),
  );
  return places.find(({ key }) => known.has(key));
}

/** A browser in which the person is signed in, or the place of somebody who says they are this person. */
export type TryFrom = { readonly session: SessionId } | Whereabouts;

/**
 * Ends the key of a person's limit, so that what is tried in a session or from a known place is counted there; all strangers
 * together share the limit without an ending.
 */
export async function limitEnding(
  userId: UserId,
  from: TryFrom,
  context: Pick<Context, 'store' | 'hashing'>,
): Promise<string> {
  if ('session' in from) return `:${from.session}`;
  const known = await findKnownPlace(userId, from, context);
  return known === undefined ? '' : `:${known.key}`;
}

/** Where a try comes from, the most telling place first. The database gets nothing that could be used in a browser. */
export function placesOf(
  { origin, browser }: Whereabouts,
  { hashing }: Pick<Context, 'hashing'>,
): readonly KnownPlace[] {
  const place = (kind: KnownPlace['kind'], value: string): KnownPlace => ({
    kind,
    key: hashing.mac('sign-in-place', `${kind}\n${value}`),
  });
  return [
    ...(browser === undefined ? [] : [place('browser', browser)]),
    ...(origin.ip === undefined ? [] : [place('address', addressRange(origin.ip))]),
  ];
}

/** IPv6 users hold a whole /64, so that is what is counted. */
export function addressRange(ip: string | undefined): string {
  if (ip === undefined) return 'unknown';
  const plain = ip.startsWith('::ffff:') ? ip.slice(7) : ip;
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || '0', 16).toString(16))
    .join(':')}::/64`;
}
