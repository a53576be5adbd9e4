import type { Socket } from 'node:net';
import type { Lease } from './acl-users.js';
import type { Protocol } from '../codec/values.js';
import { KeyNames, prefixOf } from '../commands/prefix.js';
import type { House } from '../house.js';
import type { Admission } from '../login.js';
import type { SessionCaller } from '../session/session.js';
import { openUpstream } from './open-upstream.js';

export interface OpenSession {
  readonly caller: SessionCaller;
  readonly upstream: Socket;
  /** Ends the connection to the server, and gives back the user and the place. */
  close(): void;
}

export class TooManySessions extends Error {}

const MOST_SESSIONS = 200;

/** A connection to the server as the user of this caller. */
export async function openCallerSession(
  { caller, rights }: Admission,
  protocol: Protocol,
  house: House,
): Promise<OpenSession> {
  const prefix = prefixOf(caller);
  const leaveRoom = takePlace(prefix, house.sessions);
  const session: SessionCaller = { names: new KeyNames(prefix), rights, user: caller.username ?? caller.subject };
  let lease: Lease | undefined;
  try {
    lease = await house.aclUsers?.lease(session);
    const upstream = await openUpstream(house.upstream, lease?.login ?? house.upstream.login, protocol);
    const close = (): void => {
      upstream.destroy();
      lease?.release();
      leaveRoom();
    };
    return { caller: session, upstream, close };
  } catch (error) {
    lease?.release();
    leaveRoom();
    throw error;
  }
}

function takePlace(prefix: string, sessions: Map<string, number>): () => void {
  const count = sessions.get(prefix) ?? 0;
  if (count >= MOST_SESSIONS) throw new TooManySessions();
  sessions.set(prefix, count + 1);
  return () => {
    const left = (sessions.get(prefix) ?? 1) - 1;
    if (left === 0) sessions.delete(prefix);
    else sessions.set(prefix, left);
  };
}
