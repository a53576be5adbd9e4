import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Caller } from '../access/introspection.js';
import type { CutReason } from '../access/live-tokens.js';
import { errorLine } from './codec/values.js';
import { RespFault } from './codec/fault.js';
import type { House, LiveConnection } from './house.js';
import { isLoopback } from '../http/loopback.js';
import type { Admission } from './login.js';
import { type OpenSession, openCallerSession, TooManySessions } from './upstream/open-session.js';
import { RefusalLog } from './refusal-log.js';
import { RedisSession, type Wish } from './session/session.js';

const TRIES = 3;
const STRANGER_MS = 60_000;
const UNREAD_MS = 30_000;
/** How long a client whose token has died may still ask, to be told why. */
const LINGER_MS = 1000;

type LoginWish = Extract<Wish, { kind: 'login' }>;

export function serveResp(stream: Duplex, socket: Socket, house: House): void {
  house.connections.add(new RespConnection(stream, socket, house));
}

/** Joins a client with its session, and the session with its connection to the server. */
class RespConnection implements LiveConnection {
  private readonly session: RedisSession;
  private readonly refusals: RefusalLog;
  private readonly began = Date.now();
  private open: (OpenSession & { readonly holder: Caller; readonly stopWatching: () => void }) | undefined;
  private tries = 0;
  private isOver = false;
  private lastWords: { readonly reason: string; readonly text: string } | undefined;
  private wasRead = { at: Date.now(), bytes: 0 };
  private readonly bytes = { in: 0, out: 0 };

  constructor(
    private readonly stream: Duplex,
    private readonly socket: Socket,
    private readonly house: House,
  ) {
    this.refusals = new RefusalLog((facts) => house.audit('refused-command', { ...this.facts(), ...facts }));
    const connection = { id: house.nextId(), name: '', library: '', libraryVersion: '' };
    this.session = new RedisSession(house.server(), connection, (kind, command) => this.refusals.add(kind, command));
    stream.on('data', (chunk: Buffer) => {
      this.bytes.in += chunk.length;
      this.turn(() => this.session.readClient(chunk));
    });
    stream.on('drain', () => this.flow());
    stream.once('end', () => this.close('left'));
    stream.once('close', () => this.close('left'));
    stream.resume();
  }

  /** Lets the session work, sends what came of it, and does what it wishes. */
  private turn(work: () => void): void {
    if (this.isOver) return;
    if (this.lastWords !== undefined) return this.end(this.lastWords.reason, this.lastWords.text, { isAsked: true });
    try {
      work();
      this.flush();
      // What was too much at once goes on as soon as there is room.
      if (!this.session.isFull && !this.session.isWaiting) {
        this.session.work();
        this.flush();
      }
    } catch (error) {
      this.fail(error);
      return;
    }
    const wish = this.session.takeDueWish();
    if (wish !== undefined) this.grant(wish);
    this.flow();
  }

  private flush(): void {
    const up = this.session.toServer.take();
    if (up !== undefined) this.open?.upstream.write(up);
    const down = this.session.replies.toClient.take();
    if (down !== undefined) {
      this.bytes.out += down.length;
      this.stream.write(down);
    }
  }

  /** Nobody is read whose answers nobody takes. */
  private flow(): void {
    if (this.isOver) return;
    const { stream, session, open } = this;
    const isClientSlow = stream.writableNeedDrain;
    if (isClientSlow || open?.upstream.writableNeedDrain || session.isFull || session.isWaiting) stream.pause();
    else stream.resume();
    if (isClientSlow) open?.upstream.pause();
    else open?.upstream.resume();
  }

  private fail(error: unknown): void {
    const text = error instanceof RespFault ? `ERR Protocol error: ${error.message}` : 'ERR the proxy made a mistake';
    if (!(error instanceof RespFault)) this.house.audit('fault', { ...this.facts(), message: String(error) });
    this.end('fault', text, { isAsked: true });
  }

  private grant(wish: Wish): void {
    if (wish.kind === 'end') return this.close('quit');
    if (wish.kind === 'reset') {
      this.leave('reset');
      this.turn(() => this.session.reset());
      return;
    }
    void this.logIn(wish).catch((error: unknown) => this.fail(error));
  }

  private async logIn(wish: LoginWish): Promise<void> {
    const { house, session, stream } = this;
    if (!(stream instanceof TLSSocket) && !isLoopback(this.socket.remoteAddress))
      return this.refuse('ERR logins from other machines need TLS (rediss://)', 'no TLS');
    const admission = await house.admissions.admit(wish.user, wish.token);
    if (this.isOver) return;
    if (admission.kind === 'refused') {
      await wait(randomInt(500, 1000));
      return this.refuse(`${admission.code} ${admission.reason}`, admission.reason);
    }
    if (this.open !== undefined) return this.renew(wish, admission);
    const protocol = wish.hello?.protocol ?? session.protocol;
    const opened = await openCallerSession(admission, protocol, house).catch((error: unknown) => {
      if (error instanceof TooManySessions) return 'ERR too many connections of this caller';
      house.audit('upstream-error', { ...this.facts(), message: error instanceof Error ? error.message : '' });
      return 'ERR the database does not answer';
    });
    if (typeof opened === 'string') return this.isOver ? undefined : this.refuse(opened, opened);
    if (this.isOver) return opened.close();
    this.open = { ...opened, holder: admission.caller, stopWatching: this.watch(wish.token, admission) };
    opened.upstream.on('data', (chunk: Buffer) => this.turn(() => session.replies.readServer(chunk)));
    opened.upstream.on('drain', () => this.flow());
    opened.upstream.once('close', () => {
      if (this.open?.upstream === opened.upstream) this.end('database', 'ERR the database ended the connection');
    });
    house.audit('login', this.facts());
    this.turn(() => session.logIn(opened.caller, protocol, wish.hello));
  }

  /** A newer token of the same caller lets the session live on; another caller's changes nobody's identity. */
  private renew(wish: LoginWish, { caller, needs, rights }: Admission): void {
    const { session, open } = this;
    if (open === undefined || session.caller === undefined) return;
    const isSame = caller.subject === open.holder.subject && caller.clientId === open.holder.clientId;
    const { rights: had } = session.caller;
    if (!isSame || rights.canRead !== had.canRead || rights.canWrite !== had.canWrite)
      return this.refuse('NOPERM this connection belongs to another caller, or to other scopes', 'another caller');
    open.stopWatching();
    this.open = { ...open, holder: caller, stopWatching: this.watch(wish.token, { caller, needs }) };
    this.house.audit('renewed', this.facts());
    this.turn(() => session.renew(wish.hello));
  }

  private watch(token: string, { caller, needs }: Pick<Admission, 'caller' | 'needs'>): () => void {
    const { expiresAt } = caller;
    return this.house.liveTokens.watch({ token, needs, expiresAt, cut: (reason) => this.cut(reason) });
  }

  private refuse(text: string, reason: string): void {
    if (this.isOver) return;
    this.tries += 1;
    this.house.audit('refused', { ...this.facts(), reason });
    this.turn(() => this.session.settleWish(errorLine(text)));
    if (this.tries >= TRIES) this.close('refused');
  }

  /** The server is left at once; whoever asks once more is told why, and nobody else. */
  private cut(reason: CutReason): void {
    if (this.isOver || this.lastWords !== undefined) return;
    this.endWhenAsked(reason, `NOAUTH ${CUT[reason]}`);
  }

  private endWhenAsked(reason: string, text: string): void {
    if (!this.session.isIdle && this.session.replies.size > 0) return this.end(reason, text);
    this.lastWords = { reason, text };
    this.leave(reason);
    setTimeout(() => this.end(reason, text), LINGER_MS).unref();
  }

  end(reason: string, text: string, { isAsked = false } = {}): void {
    if (this.isOver) return;
    if (isAsked && this.session.replies.size === 0)
      this.session.replies.expect({ kind: 'own', reply: errorLine(text) });
    else this.session.replies.endWith(`-${text}`);
    this.flush();
    this.close(reason);
  }

  endWhenIdle(reason: string, text: string): void {
    if (this.session.isIdle) this.endWhenAsked(reason, text);
  }

  checkLimits(now: number): void {
    if (this.open === undefined && this.lastWords === undefined && now - this.began > STRANGER_MS)
      return this.close('no login');
    const taken = this.socket.bytesWritten - this.socket.writableLength;
    if (!this.stream.writableNeedDrain || taken !== this.wasRead.bytes) this.wasRead = { at: now, bytes: taken };
    else if (now - this.wasRead.at > UNREAD_MS) {
      this.close('unread');
      this.socket.destroy();
    }
  }

  private close(reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.leave(reason);
    this.house.connections.delete(this);
    this.stream.end();
    this.stream.resume();
    // Whoever does not take leave is left.
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }

  /** Gives back what the session had at the server, and tells what it did. */
  private leave(reason: string): void {
    const { open } = this;
    if (open === undefined) return;
    const facts = this.facts();
    this.open = undefined;
    open.stopWatching();
    open.close();
    this.house.audit('end', {
      ...facts,
      reason,
      commands: this.session.counts,
      bytes: this.bytes,
      seconds: (Date.now() - this.began) / 1000,
    });
  }

  private facts(): Readonly<Record<string, unknown>> {
    const caller = this.open?.holder;
    const who = caller && { subject: caller.subject, client: caller.clientId, jti: caller.tokenId };
    return { address: this.socket.remoteAddress, ...who };
  }
}

const CUT: Readonly<Record<CutReason, string>> = {
  revoked: 'the token was revoked: log in with another one',
  expired: 'the token has expired: log in with a newer one',
  scopes: 'the token has lost the scopes of this session',
  'authly-gone': 'Authly has not answered for a minute',
};
