import { RespFault } from '../codec/fault.js';
import { Gather } from '../codec/gather.js';
import { ReplyScanner } from '../codec/replies.js';
import { line, readValue, type Value, writeValue } from '../codec/values.js';
import type { KeyNames } from '../commands/prefix.js';

/** What is due to a client, in the order in which it asked. */
export type Due =
  /** Replies that pass as they come. */
  | { readonly kind: 'pass'; count: number }
  /** The proxy's own, for which the server was not asked. */
  | { readonly kind: 'own'; readonly reply: Value }
  /** The proxy's own, in the place of what the server says. */
  | { readonly kind: 'instead'; readonly reply: Value }
  | { readonly kind: 'rewrite'; readonly rewrite: (value: Value) => Value }
  /** One for each channel of a SUBSCRIBE. */
  | { readonly kind: 'confirmations'; left: number };

/** A reply that has to be read as a whole is no longer than this. */
const LONGEST_READ = 64 * 1024 * 1024;

const MESSAGES = new Set(['message', 'pmessage', 'smessage']);
const CONFIRMATIONS = new Set(['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunsubscribe']);

/** Keeps the replies of the server and of the proxy in the order of the commands. */
export class PendingReplies {
  readonly toClient = new Gather();
  private queue: Due[] = [];
  private head = 0;
  private waiting = 0;
  private readonly scanner = new ReplyScanner();
  private readonly collected: Buffer[] = [];
  private collectedBytes = 0;
  private isCollecting = false;
  /** Channels and patterns, and sharded channels, by the server's last count. */
  private readonly subscribed = { plain: 0, sharded: 0 };

  constructor(private readonly names: () => KeyNames | undefined) {}

  /** How many commands have no reply yet. */
  get size(): number {
    return this.waiting;
  }

  /** Whether the client has got a part of a reply, so that nothing else may come now. */
  get isWithin(): boolean {
    return !this.scanner.isBetween && !this.isCollecting;
  }

  expect(due: Due): void {
    if (due.kind === 'own' && this.waiting === 0) {
      this.toClient.add(writeValue(due.reply));
      return;
    }
    this.waiting += 1;
    const last = this.queue.at(-1);
    if (due.kind === 'pass' && last?.kind === 'pass' && this.queue.length > this.head) last.count += due.count;
    else this.queue.push(due);
  }

  readServer(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.scanner.isBetween) this.isCollecting = this.mustRead(chunk[at] as number);
      const end = this.scanner.scan(chunk, at);
      const stop = end === -1 ? chunk.length : end;
      if (this.isCollecting) this.collect(chunk.subarray(at, stop));
      else this.toClient.addRange(chunk, at, stop);
      if (end === -1) return;
      at = end;
      if (this.isCollecting) this.settleRead();
      else this.pop();
    }
  }

  private mustRead(sign: number): boolean {
    const due = this.queue[this.head];
    if (sign === PUSH || due?.kind === 'confirmations' || this.subscribed.plain + this.subscribed.sharded > 0)
      return true;
    if (due === undefined) throw new RespFault('the server answers what nobody asked');
    return due.kind !== 'pass';
  }

  private collect(part: Buffer): void {
    this.collectedBytes += part.length;
    if (this.collectedBytes > LONGEST_READ) throw new RespFault('a reply is too long to be read');
    this.collected.push(part);
  }

  private settleRead(): void {
    const value = readValue(Buffer.concat(this.collected));
    this.collected.length = 0;
    this.collectedBytes = 0;
    this.isCollecting = false;
    const due = this.queue[this.head];
    const word = firstWord(value);
    if (MESSAGES.has(word) && (isPush(value) || this.subscribed.plain + this.subscribed.sharded > 0))
      return this.emit(this.names()?.stripMessage(value) ?? value);
    if (due?.kind === 'confirmations') return this.confirm(due, word, value);
    // Other pushes tell of keys and of the server.
    if (isPush(value)) return;
    if (due === undefined) throw new RespFault('the server answers what nobody asked');
    if (due.kind === 'instead') this.emit(due.reply);
    else this.emit(due.kind === 'rewrite' ? due.rewrite(value) : value);
    this.pop();
  }

  private confirm(due: Extract<Due, { kind: 'confirmations' }>, word: string, value: Value): void {
    if (!CONFIRMATIONS.has(word)) {
      // One error for the whole command.
      this.emit(value);
      return this.pop();
    }
    const count = value.kind === 'list' ? value.items[2] : undefined;
    if (count?.kind === 'line')
      this.subscribed[/^s(un)?subscribe$/.test(word) ? 'sharded' : 'plain'] = Number(count.text.slice(1));
    this.emit(this.names()?.stripMessage(value) ?? value);
    due.left -= 1;
    if (due.left === 0) this.pop();
  }

  private emit(value: Value): void {
    this.toClient.add(writeValue(value));
  }

  /** The first that is due has arrived; what the proxy says itself follows at once. */
  private pop(): void {
    const due = this.queue[this.head];
    this.waiting -= 1;
    if (due?.kind === 'pass' && due.count > 1) {
      due.count -= 1;
      return;
    }
    this.head += 1;
    for (let next = this.queue[this.head]; next?.kind === 'own'; next = this.queue[this.head]) {
      this.emit(next.reply);
      this.head += 1;
      this.waiting -= 1;
    }
    if (this.head === this.queue.length) this.queue = [];
    else if (this.head > 1024) this.queue = this.queue.slice(this.head);
    else return;
    this.head = 0;
  }

  /** The last word to a client: to a command that has no reply, or it would be misread. */
  endWith(text: string): void {
    if (this.waiting === 0 || this.isWithin) return;
    this.emit(line(text));
    this.queue = [];
    this.head = this.waiting = 0;
  }
}

const PUSH = '>'.charCodeAt(0);

function isPush(value: Value): boolean {
  return value.kind === 'list' && value.sign === '>';
}

function firstWord(value: Value): string {
  const first = value.kind === 'list' ? value.items[0] : undefined;
  return first?.kind === 'bulk' ? first.data.toString('latin1') : '';
}
