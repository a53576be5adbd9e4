import { RespFault } from './fault.js';

export interface RequestLimits {
  readonly words: number;
  /** Bytes of one word, and of all together. */
  readonly word: number;
  readonly total: number;
}

/** Before anybody has logged in. */
export const STRANGER: RequestLimits = { words: 10, word: 65_536, total: 131_072 };
export const CALLER: RequestLimits = { words: 1_000_000, word: 64 * 1024 * 1024, total: 80 * 1024 * 1024 };

/** One command as it arrived: words are ranges of `bytes`, which nobody copies or changes. */
export class Request {
  constructor(
    readonly bytes: Buffer,
    readonly start: number,
    readonly end: number,
    /** Where each word begins and ends, one after the other. */
    private readonly ranges: readonly number[],
  ) {}

  get count(): number {
    return this.ranges.length / 2;
  }

  from(index: number): number {
    return this.ranges[index * 2] ?? 0;
  }

  to(index: number): number {
    return this.ranges[index * 2 + 1] ?? 0;
  }

  word(index: number): Buffer {
    return this.bytes.subarray(this.from(index), this.to(index));
  }

  text(index: number): string {
    return this.bytes.toString('latin1', this.from(index), this.to(index));
  }
}

const NOTHING = Buffer.alloc(0);
const CR = 13;
const LF = 10;
const STAR = 42;
const DOLLAR = 36;
/** `$67108864` and its end. */
const LONGEST_HEADER = 12;

/** Finds the commands in a stream of bytes, wherever it is cut. Commands are arrays of bulk strings; lines of words are not taken. */
export class RequestReader {
  private bytes: Buffer = NOTHING;
  private isOwn = false;
  private limit = 0;
  private start = 0;
  private at = 0;
  private wanted = 0;
  private ranges: number[] = [];

  constructor(public limits: RequestLimits = STRANGER) {}

  /** How many bytes wait for the rest of their command. */
  get waiting(): number {
    return this.limit - this.start;
  }

  push(chunk: Buffer): void {
    const left = this.limit - this.start;
    if (left === 0) {
      this.bytes = chunk;
      this.isOwn = false;
      this.start = this.at = 0;
      this.limit = chunk.length;
      return;
    }
    if (!this.isOwn || this.limit + chunk.length > this.bytes.length) this.move(left, chunk.length);
    // What was read before lies before the limit and is never written again: others may still hold it.
    chunk.copy(this.bytes, this.limit);
    this.limit += chunk.length;
  }

  private move(left: number, more: number): void {
    const roomier = Buffer.allocUnsafeSlow(2 * (left + more));
    this.bytes.copy(roomier, 0, this.start, this.limit);
    for (let index = 0; index < this.ranges.length; index += 1) this.ranges[index]! -= this.start;
    this.at -= this.start;
    this.start = 0;
    this.limit = left;
    this.bytes = roomier;
    this.isOwn = true;
  }

  /** The next command, or nothing until more has arrived. */
  next(): Request | undefined {
    if (this.wanted === 0) {
      const words = this.readHeader(STAR);
      if (words === undefined) return undefined;
      if (words < 1 || words > this.limits.words) throw new RespFault('invalid multibulk length');
      this.wanted = words;
    }
    while (this.ranges.length < this.wanted * 2) {
      const before = this.at;
      const length = this.readHeader(DOLLAR);
      if (length === undefined) return undefined;
      const end = this.at + length;
      if (length > this.limits.word || end - this.start > this.limits.total) throw new RespFault('invalid bulk length');
      if (this.limit < end + 2) {
        // The header is read again with the rest: the end of a word is no state of its own.
        this.at = before;
        return undefined;
      }
      if (this.bytes[end] !== CR || this.bytes[end + 1] !== LF) throw new RespFault('a word is longer than it says');
      this.ranges.push(this.at, end);
      this.at = end + 2;
    }
    const request = new Request(this.bytes, this.start, this.at, this.ranges);
    this.start = this.at;
    this.wanted = 0;
    this.ranges = [];
    if (this.start === this.limit) {
      this.bytes = NOTHING;
      this.start = this.at = this.limit = 0;
    }
    return request;
  }

  private readHeader(kind: number): number | undefined {
    const { bytes, at } = this;
    if (at >= this.limit) return undefined;
    if (bytes[at] !== kind) throw new RespFault(kind === STAR ? 'a command is an array' : 'a word is a bulk string');
    let number = 0;
    for (let index = at + 1; ; index += 1) {
      if (index - at > LONGEST_HEADER) throw new RespFault('a length without an end');
      if (index >= this.limit) return undefined;
      const byte = bytes[index] as number;
      if (byte === CR) {
        if (index === at + 1) throw new RespFault('a length without digits');
        if (index + 1 >= this.limit) return undefined;
        if (bytes[index + 1] !== LF) throw new RespFault('a line ends with CR and LF');
        this.at = index + 2;
        return number;
      }
      // Redis takes no leading zero either: what two readers could read differently is refused.
      if (byte < 48 || byte > 57 || (number === 0 && index > at + 1)) throw new RespFault('a length is not a number');
      number = number * 10 + byte - 48;
    }
  }
}
