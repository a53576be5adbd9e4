import { Gather } from '../codec/gather.js';
import { CALLER, type Request, RequestReader, STRANGER } from '../codec/requests.js';
import { bulk, errorLine, line, list, type Protocol, type Value, writeCommand } from '../codec/values.js';
import { type ConnectionFacts, helloReply, OWN_ANSWERS, type ServerFacts } from '../commands/own-answers.js';
import type { KeyNames } from '../commands/prefix.js';
import { problemOfRights, type Rights } from '../commands/rights.js';
import { readScan } from '../commands/scan.js';
import { COMMANDS, type CommandClass, type Rule, WITH_SUBCOMMANDS } from '../commands/table.js';
import { type Hello, readHello } from './hello.js';
import { PendingReplies } from './pending-replies.js';
import { Subscriptions } from './subscriptions.js';
import { Transaction } from './transaction.js';

export interface SessionCaller {
  readonly names: KeyNames;
  readonly rights: Rights;
  /** As CLIENT INFO says it. */
  readonly user: string;
}

/** What a session cannot do by itself. It reads no further until it was done. */
export type Wish =
  | { readonly kind: 'login'; readonly user: string; readonly token: string; readonly hello: Hello | undefined }
  | { readonly kind: 'reset' }
  | { readonly kind: 'end' };

const MOST_DUE = 10_000;
const NO_LOGIN = 'NOAUTH Log in with an access token as the password: AUTH <token>';
const SUBSCRIBERS = /^[ps]?(un)?subscribe$/;

/** One connection: commands in, what goes to the server and to the client out. It knows no socket and no clock. */
export class RedisSession {
  readonly toServer = new Gather();
  readonly replies = new PendingReplies(() => this.caller?.names);
  readonly counts: Record<CommandClass | 'own' | 'refused', number> = {
    read: 0,
    write: 0,
    both: 0,
    free: 0,
    own: 0,
    refused: 0,
  };
  caller: SessionCaller | undefined;
  protocol: Protocol = 2;
  private wish: Wish | undefined;
  private isGranting = false;
  private readonly reader = new RequestReader(STRANGER);
  private readonly transaction = new Transaction();
  private readonly subscriptions = new Subscriptions();

  constructor(
    private readonly server: ServerFacts,
    private readonly connection: ConnectionFacts,
    private readonly onRefused: (kind: string, command: string) => void,
  ) {}

  readClient(chunk: Buffer): void {
    this.reader.push(chunk);
    this.work();
  }

  /** Goes on with what has arrived, as far as it may. */
  work(): void {
    while (this.wish === undefined && !this.isFull) {
      const request = this.reader.next();
      if (request === undefined) return;
      this.handle(request);
    }
  }

  /** So many commands have no reply that no more are read. */
  get isFull(): boolean {
    return this.replies.size >= MOST_DUE;
  }

  get isWaiting(): boolean {
    return this.wish !== undefined;
  }

  /** The wish whose turn it is, once: everything before it was answered. */
  takeDueWish(): Wish | undefined {
    if (this.replies.size > 0 || this.isGranting) return undefined;
    this.isGranting = this.wish !== undefined;
    return this.wish;
  }

  /** Whether a blocked or running command, a transaction or a subscription is open. */
  get isIdle(): boolean {
    return this.replies.size === 0 && !this.transaction.isOpen;
  }

  settleWish(reply: Value): void {
    this.forgetWish();
    this.answer(reply);
  }

  private forgetWish(): void {
    this.wish = undefined;
    this.isGranting = false;
  }

  /** The upstream speaks `protocol` already. */
  logIn(caller: SessionCaller, protocol: Protocol, hello: Hello | undefined): void {
    this.caller = caller;
    this.protocol = protocol;
    this.reader.limits = CALLER;
    this.settleWish(this.welcome(hello));
  }

  /** A newer token of the same caller. */
  renew(hello: Hello | undefined): void {
    this.forgetWish();
    if (hello === undefined) this.answer(line('+OK'));
    else this.sayHello(hello);
  }

  reset(): void {
    this.caller = undefined;
    this.protocol = 2;
    this.reader.limits = STRANGER;
    this.transaction.end();
    this.subscriptions.clear();
    this.connection.name = '';
    this.settleWish(line('+RESET'));
  }

  private welcome(hello: Hello | undefined): Value {
    if (hello === undefined) return line('+OK');
    if (hello.name !== undefined) this.connection.name = hello.name;
    return helloReply({ server: this.server, connection: this.connection, protocol: this.protocol });
  }

  private answer(reply: Value): void {
    this.replies.expect({ kind: 'own', reply });
  }

  private refuse(kind: string, command: string, text: string): void {
    this.counts.refused += 1;
    this.onRefused(kind, command);
    // The server itself must know that a command of a transaction failed, or EXEC would run the others.
    if (this.transaction.isOpen) {
      this.toServer.add(UNKNOWN_COMMAND);
      this.replies.expect({ kind: 'instead', reply: errorLine(text) });
    } else this.answer(errorLine(text));
  }

  private handle(request: Request): void {
    const first = request.text(0).toLowerCase();
    const isParted = WITH_SUBCOMMANDS.has(first) && request.count > 1;
    const name = isParted ? `${first}|${request.text(1).toLowerCase()}` : first;
    if (first === 'quit') {
      this.answer(line('+OK'));
      this.wish = { kind: 'end' };
    } else if (first === 'reset') this.wish = { kind: 'reset' };
    else if (first === 'auth' || first === 'hello') this.handleLogin(first, request);
    else if (this.caller === undefined) this.answer(errorLine(NO_LOGIN));
    else if (this.isListening && !SUBSCRIBERS.test(first)) this.handleWhileListening(first, request);
    else if (Object.hasOwn(OWN_ANSWERS, name)) this.answerItself(name, request, this.caller);
    else this.handleCommand(name, request, this.caller);
  }

  /** With RESP2 a connection that listens to channels can do nothing else. */
  private get isListening(): boolean {
    return this.protocol === 2 && this.subscriptions.count > 0;
  }

  private handleWhileListening(name: string, request: Request): void {
    if (name === 'ping') return this.answer(list([bulk('pong'), bulk(request.count > 1 ? request.word(1) : '')]));
    this.refuse(
      'subscribed',
      shorten(name),
      'ERR only (P|S)SUBSCRIBE, (P|S)UNSUBSCRIBE, PING, QUIT and RESET are allowed in this context',
    );
  }

  private handleLogin(name: 'auth' | 'hello', request: Request): void {
    if (this.transaction.isOpen)
      return this.refuse('transaction', name, `ERR ${name.toUpperCase()} inside MULTI is not allowed`);
    if (name === 'auth') {
      if (request.count < 2 || request.count > 3)
        return this.answer(errorLine("ERR wrong number of arguments for 'auth' command"));
      const token = request.word(request.count - 1).toString();
      this.wish = {
        kind: 'login',
        user: request.count === 3 ? request.word(1).toString() : '',
        token,
        hello: undefined,
      };
      return;
    }
    const hello = readHello(request, this.protocol);
    if (typeof hello === 'string') this.answer(errorLine(hello));
    else if (hello.login !== undefined) this.wish = { kind: 'login', ...hello.login, hello };
    else if (this.caller === undefined) this.answer(errorLine(NO_LOGIN));
    else this.sayHello(hello);
  }

  private sayHello(hello: Hello): void {
    const before = this.protocol;
    this.protocol = hello.protocol;
    const reply = this.welcome(hello);
    if (hello.protocol === before) return this.answer(reply);
    this.toServer.add(writeCommand('HELLO', String(hello.protocol)));
    this.replies.expect({ kind: 'instead', reply });
  }

  private answerItself(name: string, request: Request, { user }: SessionCaller): void {
    this.counts.own += 1;
    const { protocol, server, connection } = this;
    const reply = OWN_ANSWERS[name]?.({ request, protocol, server, connection, user }) ?? errorLine('ERR');
    if (!this.transaction.isOpen) return this.answer(reply);
    // Its place in the reply to EXEC is kept by a command that does nothing.
    this.toServer.add(NOTHING_COMMAND);
    this.transaction.queue(() => reply);
    this.replies.expect({ kind: 'pass', count: 1 });
  }

  private handleCommand(name: string, request: Request, caller: SessionCaller): void {
    const rule = COMMANDS.get(name);
    const shown = shorten(name);
    if (rule === undefined)
      return this.refuse('command', shown, `NOPERM The command '${shown}' is not served by this proxy`);
    const arity = this.server.arities.get(name);
    if (arity === undefined) return this.refuse('command', shown, `ERR The server has no command '${shown}'`);
    if (arity > 0 ? request.count !== arity : request.count < -arity)
      return this.refuse('arity', shown, `ERR wrong number of arguments for '${shown}' command`);
    if (this.transaction.isOpen && (name === 'watch' || name === 'multi'))
      return this.refuse('transaction', shown, `ERR ${name.toUpperCase()} inside MULTI is not allowed`);
    const problem = problemOfRights(rule, request, caller.rights);
    if (problem !== undefined) return this.refuse('scope', shown, problem);
    const places = rule.keys(request);
    if (typeof places === 'string') return this.refuse('keys', shown, places);
    this.counts[rule.class] += 1;
    if (SUBSCRIBERS.test(name)) this.subscribe(name, request, places, caller);
    else if (name === 'scan') this.scan(request, caller);
    else this.pass(rule, request, places, caller);
  }

  private pass(rule: Rule, request: Request, places: readonly number[], { names }: SessionCaller): void {
    // Without a pattern all channels are meant: all of this caller.
    if (places[0] === 2 && request.count === 2)
      this.toServer.add(writeCommand(request.word(0), request.word(1), `${names.prefix.toString()}*`));
    else this.forward(request, places, names);
    const { rewrite } = rule;
    const change = rewrite === undefined ? undefined : (value: Value) => rewrite(value, names);
    if (rule.name === 'exec') this.replies.expect(this.transaction.takeReply());
    else if (this.transaction.isOpen && rule.name !== 'discard' && rule.name !== 'multi') {
      this.transaction.queue(change);
      this.replies.expect({ kind: 'pass', count: 1 });
    } else
      this.replies.expect(change === undefined ? { kind: 'pass', count: 1 } : { kind: 'rewrite', rewrite: change });
    if (rule.name === 'multi') this.transaction.begin();
    if (rule.name === 'discard') this.transaction.end();
  }

  /** Passes the bytes as they came, with the prefix put before each key. */
  private forward(request: Request, places: readonly number[], names: KeyNames): void {
    const { bytes } = request;
    let from = request.start;
    for (const place of places) {
      if (place >= request.count) break;
      this.toServer.addRange(bytes, from, request.to(place - 1) + 2);
      this.toServer.add(names.header(request.to(place) - request.from(place)));
      from = request.from(place);
    }
    this.toServer.addRange(bytes, from, request.end);
  }

  private scan(request: Request, { names }: SessionCaller): void {
    const words = readScan(request, names.prefix);
    if (words === undefined) return this.refuse('keys', 'scan', 'ERR SCAN takes a cursor, MATCH, COUNT and TYPE');
    this.toServer.add(writeCommand(...words));
    const rewrite = (value: Value): Value => names.stripScan(value);
    if (!this.transaction.isOpen) return this.replies.expect({ kind: 'rewrite', rewrite });
    this.transaction.queue(rewrite);
    this.replies.expect({ kind: 'pass', count: 1 });
  }

  private subscribe(name: string, request: Request, places: readonly number[], { names }: SessionCaller): void {
    if (this.transaction.isOpen)
      return this.refuse('transaction', name, `ERR ${name.toUpperCase()} inside MULTI is not allowed`);
    if (!this.subscriptions.hasRoomFor(places.length))
      return this.refuse('subscriptions', name, 'ERR too many channels');
    const left = this.subscriptions.change(
      name,
      places.map((place) => request.text(place)),
    );
    this.forward(request, places, names);
    this.replies.expect({ kind: 'confirmations', left });
  }
}

const UNKNOWN_COMMAND = writeCommand('AUTHLY.REFUSED');
const NOTHING_COMMAND = writeCommand('PING');

/** A name as it may stand in an error and in the log. */
function shorten(name: string): string {
  return name.replace(/[^!-~]/g, '?').slice(0, 64);
}
