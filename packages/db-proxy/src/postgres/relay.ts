import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { familyOf } from '../access/live-tokens.js';
import { ProtocolFault } from './codec/frames.js';
import { type ErrorReport, writeInt, writeMessage, writeText } from './codec/messages.js';
import { CUT } from './cut.js';
import { endWith, type House, type LiveSession } from './house.js';
import { SessionClock } from './session-clock.js';
import type { Admission, Wish } from './login.js';
import { PostgresSession } from './session.js';
import { countStatements } from './tally.js';
import { leaseBackend } from './roles/backend.js';
import { openUpstream, type Upstream } from './upstream.js';

export interface Login {
  readonly wish: Wish;
  readonly admission: Admission;
  readonly token: string;
  /** Bytes of the key with which the client cancels: 4, or 32 since version 3.2 of the protocol. */
  readonly cancelKey: number;
  readonly address: string | undefined;
}

/** Gives a caller a role and a connection of its own, and joins the two. */
export async function openSession(stream: Duplex, login: Login, house: House): Promise<void> {
  const backend = await leaseBackend(login.admission, login.wish.settings, house);
  if ('code' in backend) return endWith(stream, backend);
  const { lease, config, settings } = backend;
  let upstream: Upstream;
  try {
    upstream = await openUpstream(config, settings, login.wish.encoding);
  } catch (error) {
    lease.release();
    throw error;
  }
  upstream.stream.once('close', lease.release);
  upstream.stream.on('error', () => upstream.stream.destroy());
  if (stream.destroyed) {
    upstream.stream.destroy();
    return;
  }
  joinStreams(stream, upstream, login, house, lease.role);
}

function joinStreams(stream: Duplex, upstream: Upstream, login: Login, house: House, slot: string): void {
  const { caller, rights, needs } = login.admission;
  const facts = {
    subject: caller.subject,
    client: caller.clientId,
    jti: caller.tokenId,
    address: login.address,
    database: house.database,
    slot,
  };
  const tally = countStatements(house, facts);
  const session = new PostgresSession(house.guard, rights, tally);
  const clock = new SessionClock(house.now);
  const key = newCancelKey(login.cancelKey);
  let isOver = false;
  let lastWord: ErrorReport | undefined;
  const end = (report?: ErrorReport): void => {
    if (isOver) return;
    isOver = true;
    stopWatching();
    house.cancels.delete(key.name);
    house.sessions.delete(live);
    if (session.isBusy) upstream.cancel();
    takeLeave(upstream.stream);
    if (report === undefined) stream.end();
    else endWith(stream, report);
    tally.end(report, clock.age());
  };
  const live: LiveSession = {
    end,
    endWhenIdle(report) {
      lastWord = report;
      if (!session.isBusy) end(report);
    },
    checkLimits() {
      const verdict = clock.check({ isBusy: session.isBusy, isInTransaction: session.isInTransaction });
      if (verdict === 'cancel') upstream.cancel();
      else if (verdict !== undefined) end(verdict);
    },
  };
  const stopWatching = house.liveTokens.watch({
    token: login.token,
    needs,
    expiresAt: caller.expiresAt,
    family: familyOf(caller),
    isAtWork: () => session.isBusy || session.isInTransaction,
    cut(reason) {
      house.metrics.cuts.inc({ reason });
      end({ code: '57P01', message: CUT[reason] });
    },
  });
  house.sessions.add(live);
  house.cancels.set(key.name, () => {
    if (session.isBusy) upstream.cancel();
  });

  const relay = (
    from: Duplex,
    to: Duplex,
    read: (chunk: Buffer) => ReturnType<PostgresSession['readClient']>,
  ): void => {
    from.on('data', (chunk: Buffer) => {
      if (isOver) return;
      try {
        for (const action of read(chunk)) {
          if (action.to === 'end') return end();
          const target = action.to === 'client' ? stream : upstream.stream;
          if (!target.write(action.bytes) && !from.isPaused()) {
            from.pause();
            clock.stop(from);
            target.once('drain', () => {
              clock.goOn(from);
              from.resume();
            });
          }
        }
      } catch (error) {
        end({
          code: '08P01',
          message: error instanceof ProtocolFault ? error.message : 'the session ended by a fault',
        });
      }
      tally.bytes(to === stream ? 'out' : 'in', chunk.length);
      clock.tick(session.isBusy);
      if (lastWord !== undefined && !session.isBusy) end(lastWord);
    });
  };
  stream.write(
    Buffer.concat([
      writeMessage('R', writeInt(0)),
      ...[...upstream.parameters].map(([name, value]) => writeMessage('S', writeText(name), writeText(value))),
      writeMessage('K', key.bytes),
      writeMessage('Z', Buffer.from('I')),
    ]),
  );
  house.audit('login', facts);
  relay(stream, upstream.stream, (chunk) => session.readClient(chunk));
  relay(upstream.stream, stream, (chunk) => session.readServer(chunk));
  stream.once('close', () => end());
  stream.once('end', () => end());
  upstream.stream.once('close', () => end({ code: '57P01', message: 'the database ended the connection' }));
  stream.resume();
  upstream.stream.resume();
}

/** By chance altogether: nobody learns from it which process of the server it is. */
function newCancelKey(length: number): { readonly bytes: Buffer; readonly name: string } {
  const bytes = randomBytes(4 + length);
  // Some clients read the number of the process as one with a sign.
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return { bytes, name: bytes.toString('hex') };
}

const LEAVE_MS = 5_000;

/** The role is free once the server has closed the connection: until then its process may still be seen by others of that role. */
function takeLeave(server: Duplex): void {
  server.end(writeMessage('X'));
  server.resume();
  setTimeout(() => server.destroy(), LEAVE_MS).unref();
}
