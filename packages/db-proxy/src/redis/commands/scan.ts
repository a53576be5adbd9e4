import type { Request } from '../codec/requests.js';

const MOST = 1000;

/** SCAN among the caller's own keys. A pattern begins with the prefix, in which nothing has a meaning for patterns. */
export function readScan(request: Request, prefix: Buffer): (string | Buffer)[] | undefined {
  let pattern: Buffer = Buffer.from('*');
  const rest: (string | Buffer)[] = [];
  for (let index = 2; index < request.count; index += 2) {
    const option = request.text(index).toLowerCase();
    if (index + 1 >= request.count) return undefined;
    if (option === 'match') pattern = request.word(index + 1);
    else if (option === 'type') rest.push('TYPE', request.word(index + 1));
    else if (option === 'count' && /^[1-9]\d{0,17}$/.test(request.text(index + 1)))
      rest.push('COUNT', String(Math.min(MOST, Number(request.text(index + 1)))));
    else return undefined;
  }
  return ['SCAN', request.word(1), 'MATCH', Buffer.concat([prefix, pattern]), ...rest];
}
