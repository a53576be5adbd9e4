import { RespFault } from './fault.js';

const CR = 13;
const LF = 10;
/** Lengths and numbers; big numbers and errors are lines, too. */
const LONGEST_LINE = 65_536;
const DEEPEST = 32;

const BULKS = new Set([...'$=!'].map((sign) => sign.charCodeAt(0)));
const LISTS = new Set([...'*~>'].map((sign) => sign.charCodeAt(0)));
const LINES = new Set([...'+-:_#,('].map((sign) => sign.charCodeAt(0)));
const MAP = '%'.charCodeAt(0);
const ATTRIBUTES = '|'.charCodeAt(0);

/**
 * Says where a reply ends, in whatever pieces it arrives, and keeps none of it. All types of RESP2 and RESP3 but the ones that are streamed, which
 * no server sends.
 */
export class ReplyScanner {
  /** How many values are due at each depth. */
  private readonly due: number[] = [];
  private skip = 0;
  private line = '';

  /** The first byte of the reply that is being read: its type. */
  kind = 0;

  get isBetween(): boolean {
    return this.due.length === 0;
  }

  /** Where the reply ends that `chunk` goes on with at `at`; -1 where it goes on behind the chunk. */
  scan(chunk: Buffer, at: number): number {
    let index = at;
    if (this.due.length === 0 && index < chunk.length) {
      this.kind = chunk[index] as number;
      this.due.push(1);
    }
    while (this.due.length > 0) {
      if (this.skip > 0) {
        const passed = Math.min(this.skip, chunk.length - index);
        this.skip -= passed;
        index += passed;
        if (this.skip > 0) return -1;
        this.settle();
        continue;
      }
      const end = chunk.indexOf(LF, index);
      const text = chunk.toString('latin1', index, end === -1 ? chunk.length : end);
      if (this.line.length + text.length > LONGEST_LINE) throw new RespFault('a line of the server is too long');
      this.line += text;
      if (end === -1) return -1;
      index = end + 1;
      const { line } = this;
      this.line = '';
      if (line.charCodeAt(line.length - 1) !== CR) throw new RespFault('a line of the server ends without CR');
      this.readLine(line);
    }
    return index;
  }

  private readLine(line: string): void {
    const kind = line.charCodeAt(0);
    if (LINES.has(kind)) return this.settle();
    const length = readLength(line);
    if (BULKS.has(kind)) {
      if (length === -1) return this.settle();
      this.skip = length + 2;
      return;
    }
    const isMap = kind === MAP || kind === ATTRIBUTES;
    if (!isMap && !LISTS.has(kind)) throw new RespFault('the server sent a type that is not known');
    // Attributes stand before a value and are none themselves.
    if (kind === ATTRIBUTES) this.due[this.due.length - 1]! += 1;
    if (length <= 0) return this.settle();
    if (this.due.length >= DEEPEST) throw new RespFault('a reply is nested too deeply');
    this.due.push(isMap ? length * 2 : length);
  }

  /** One value is complete, and with it perhaps the ones around it. */
  private settle(): void {
    for (let depth = this.due.length - 1; depth >= 0; depth -= 1) {
      this.due[depth]! -= 1;
      if (this.due[depth]! > 0) return;
      this.due.pop();
    }
  }
}

export function readLength(line: string): number {
  const digits = line.slice(1, -1);
  if (!/^(?:-1|0|[1-9]\d{0,11})$/.test(digits)) throw new RespFault('a length of the server is not a number');
  return Number(digits);
}
