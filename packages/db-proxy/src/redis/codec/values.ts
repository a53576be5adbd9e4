import { RespFault } from './fault.js';
import { readLength } from './replies.js';

/** A reply, taken apart as far as its keys may have to be changed. */
export type Value =
  /** A line with its type: errors, numbers, nulls, short strings. */
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'bulk'; readonly sign: string; readonly data: Buffer }
  /** In a map keys and values follow each other. */
  | { readonly kind: 'list'; readonly sign: string; readonly items: readonly Value[] };

/** 2 or 3: how the client wants its replies. */
export type Protocol = 2 | 3;

/** Reads one reply that is complete. */
export function readValue(bytes: Buffer): Value {
  let at = 0;
  const next = (): Value => {
    const end = bytes.indexOf(10, at);
    const line = bytes.toString('latin1', at, end);
    at = end + 1;
    const sign = line[0] ?? '';
    if ('+-:_#,('.includes(sign)) return { kind: 'line', text: line.slice(0, -1) };
    const length = readLength(line);
    if (length === -1) return { kind: 'line', text: line.slice(0, -1) };
    if ('$=!'.includes(sign)) {
      const data = bytes.subarray(at, at + length);
      at += length + 2;
      return { kind: 'bulk', sign, data };
    }
    const items: Value[] = [];
    for (let left = sign === '%' || sign === '|' ? length * 2 : length; left > 0; left -= 1) items.push(next());
    if (sign !== '|') return { kind: 'list', sign, items };
    return next();
  };
  const value = next();
  if (at !== bytes.length) throw new RespFault('a reply has an end of its own');
  return value;
}

export function writeValue(value: Value): Buffer {
  const parts: Buffer[] = [];
  const add = (one: Value): void => {
    if (one.kind === 'line') parts.push(Buffer.from(`${one.text}\r\n`, 'latin1'));
    else if (one.kind === 'bulk') parts.push(Buffer.from(`${one.sign}${one.data.length}\r\n`), one.data, CRLF);
    else {
      const count = one.sign === '%' ? one.items.length / 2 : one.items.length;
      parts.push(Buffer.from(`${one.sign}${count}\r\n`));
      for (const item of one.items) add(item);
    }
  };
  add(value);
  return Buffer.concat(parts);
}

const CRLF = Buffer.from('\r\n');

export const line = (text: string): Value => ({ kind: 'line', text });
export const bulk = (data: string | Buffer): Value => ({ kind: 'bulk', sign: '$', data: Buffer.from(data) });
export const list = (items: readonly Value[]): Value => ({ kind: 'list', sign: '*', items });

/** Names and values: a map, or with RESP2 a list. */
export function mapOf(entries: readonly (readonly [string, Value])[], protocol: Protocol): Value {
  const items = entries.flatMap(([name, value]) => [bulk(name), value]);
  return { kind: 'list', sign: protocol === 3 ? '%' : '*', items };
}

/** An error is one line, whatever the text brought along. */
export const errorLine = (text: string): Value => line(`-${text.replace(/[\r\n]+/g, ' ')}`);

export function writeCommand(...words: readonly (string | Buffer)[]): Buffer {
  return writeValue(list(words.map(bulk)));
}
