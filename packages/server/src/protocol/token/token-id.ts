import type { Context } from '../../ports/context.js';

const MINUTE_MS = 60_000;

/**
 * The `jti` of an access token: 104 bits of chance behind the minute. Ids of the same minute lie side by side in the index, so that a
 * token costs the database as little beside five million others as beside none.
 */
export function makeTokenId({ clock, random }: Pick<Context, 'clock' | 'random'>): string {
  const minute = Buffer.alloc(4);
  minute.writeUInt32BE(Math.floor(clock.now().getTime() / MINUTE_MS) % 2 ** 24);
  return Buffer.concat([minute.subarray(1), random.bytes(13)]).toString('base64url');
}
