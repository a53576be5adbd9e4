/** Bytes that break the protocol: the connection ends with them. */
export class ProtocolFault extends Error {}

/** A message that was asked for as a whole, or a piece of the others, to be passed on as it came. */
export type FrameEvent =
  | { readonly kind: 'message'; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: 'piece'; readonly bytes: Buffer };

export interface FrameRules {
  /** Types whose messages are wanted as a whole. */
  readonly whole: string;
  /** Types that are passed on piece by piece. Left out: all others. */
  readonly pieces?: string;
  readonly longestWhole: number;
  readonly longest: number;
}

const HEADER = 5;
const NOTHING: Buffer = Buffer.alloc(0);

/** Cuts a stream of PostgreSQL messages, wherever the network cut it: type, length, body. */
export class FrameScanner {
  private rest: Buffer = NOTHING;
  /** Bytes that are still to come of a message that is passed on in pieces. */
  private open = 0;

  constructor(private readonly rules: FrameRules) {}

  scan(chunk: Buffer): readonly FrameEvent[] {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = NOTHING;
    const events: FrameEvent[] = [];
    let at = 0;
    // Pieces that lie side by side are passed on as one.
    let from = 0;
    const passPieces = (): void => {
      if (at > from) events.push({ kind: 'piece', bytes: bytes.subarray(from, at) });
    };
    while (at < bytes.length) {
      if (this.open > 0) {
        const taken = Math.min(this.open, bytes.length - at);
        this.open -= taken;
        at += taken;
        continue;
      }
      if (bytes.length - at < HEADER) break;
      const type = String.fromCharCode(bytes[at] ?? 0);
      const length = bytes.readInt32BE(at + 1) + 1;
      const isWhole = this.rules.whole.includes(type);
      this.admit(type, length, isWhole);
      if (!isWhole) {
        this.open = length;
        continue;
      }
      if (bytes.length - at < length) break;
      passPieces();
      events.push({ kind: 'message', type, bytes: bytes.subarray(at, at + length) });
      at += length;
      from = at;
    }
    passPieces();
    if (at < bytes.length) this.rest = bytes.subarray(at);
    return events;
  }

  private admit(type: string, length: number, isWhole: boolean): void {
    const { pieces, longest, longestWhole } = this.rules;
    if (!isWhole && pieces !== undefined && !pieces.includes(type))
      throw new ProtocolFault('a message of a type that is not expected here');
    if (length < HEADER || length > (isWhole ? longestWhole : longest))
      throw new ProtocolFault('a message of a length that is not accepted');
  }
}
