import type { Caller } from '../../access/introspection.js';
import { bulk, type Value, line, list } from '../codec/values.js';

/** What every key of a caller begins with in the database. Only characters that no pattern gives a meaning to. */
export function prefixOf(caller: Caller): string {
  const isMachine = caller.clientId !== undefined && caller.subject === caller.clientId;
  return `${isMachine ? 'client' : 'user'}:${encodeName(caller.subject)}:`;
}

function encodeName(name: string): string {
  return [...Buffer.from(name)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9._~-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

const REMEMBERED_LENGTHS = 256;

/** Puts the prefix before keys and takes it off the names in a reply. A name without it is somebody else's, and nothing is told of it. */
export class KeyNames {
  readonly prefix: Buffer;
  private readonly headers: Buffer[] = [];

  constructor(prefix: string) {
    this.prefix = Buffer.from(prefix);
  }

  /** How a key of `length` bytes begins on its way to the server. */
  header(length: number): Buffer {
    const known = this.headers[length];
    if (known !== undefined) return known;
    const made = Buffer.concat([Buffer.from(`$${length + this.prefix.length}\r\n`), this.prefix]);
    if (length < REMEMBERED_LENGTHS) this.headers[length] = made;
    return made;
  }

  private isOwn(data: Buffer): boolean {
    return data.subarray(0, this.prefix.length).equals(this.prefix);
  }

  /** A single name. */
  strip(value: Value): Value {
    if (value.kind !== 'bulk') return value;
    return this.isOwn(value.data) ? bulk(value.data.subarray(this.prefix.length)) : line('$-1');
  }

  /** A list of names; those of others are left out. */
  stripAll(value: Value): Value {
    if (value.kind !== 'list') return value;
    const own = value.items.filter((item) => item.kind === 'bulk' && this.isOwn(item.data));
    return { ...value, items: own.map((item) => this.strip(item)) };
  }

  /** The cursor of SCAN, and the names that it found. */
  stripScan(value: Value): Value {
    if (value.kind !== 'list') return value;
    const [cursor, names] = value.items;
    return cursor === undefined || names === undefined ? value : list([cursor, this.stripAll(names)]);
  }

  /** Pops that say where they took something from. */
  stripFirst(value: Value): Value {
    if (value.kind !== 'list' || value.items.length === 0) return value;
    return { ...value, items: value.items.map((item, index) => (index === 0 ? this.strip(item) : item)) };
  }

  /** A name, something, a name, something: maps too. */
  stripPairs(value: Value): Value {
    if (value.kind !== 'list') return value;
    return { ...value, items: value.items.map((item, index) => (index % 2 === 0 ? this.strip(item) : item)) };
  }

  /** What XREAD found: pairs in a list, or a map. */
  stripStreams(value: Value): Value {
    if (value.kind !== 'list') return value;
    if (value.sign === '%') return this.stripPairs(value);
    return { ...value, items: value.items.map((item) => this.stripFirst(item)) };
  }

  /** Words that the server says about a key name it too. */
  stripError(value: Value): Value {
    if (value.kind !== 'line' || !value.text.startsWith('-')) return value;
    return line(value.text.replaceAll(this.prefix.toString('latin1'), ''));
  }

  /** `message`, `pmessage` and the answers to SUBSCRIBE: the channel, and before it perhaps the pattern. */
  stripMessage(value: Value): Value {
    if (value.kind !== 'list') return value;
    const [kind] = value.items;
    const names = kind?.kind === 'bulk' && kind.data.toString() === 'pmessage' ? 2 : 1;
    return {
      ...value,
      items: value.items.map((item, index) => (index >= 1 && index <= names ? this.strip(item) : item)),
    };
  }
}
