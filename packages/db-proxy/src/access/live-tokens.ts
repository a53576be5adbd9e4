import type { Caller, Introspect } from './introspection.js';

/** Why a session ends that did nothing wrong. */
export type CutReason = 'revoked' | 'expired' | 'scopes' | 'authly-gone';

export interface Watch {
  readonly token: string;
  /** Scopes that the session lives by. */
  readonly needs: readonly string[];
  readonly expiresAt: number | undefined;
  /** Whose newer tokens prolong the session (`familyOf`); left out: nobody's. */
  readonly family?: string;
  /** Whether the session is in the middle of something that is worth a minute more when its token expires. */
  readonly isAtWork?: () => boolean;
  readonly cut: (reason: CutReason) => void;
}

/** A session, with the newest token that it has. */
interface Session {
  readonly watch: Watch;
  token: string;
  expiresAt: number | undefined;
}

interface WatchedToken {
  readonly sessions: Set<Session>;
  lastAlive: number;
}

/** How long sessions live on while Authly does not answer. */
const PATIENCE_MS = 60_000;
/** How much longer than its token a session lives that is in the middle of a transaction. */
const LAST_MINUTE_MS = 60_000;
const AT_ONCE = 32;

/** Tokens of one login for one client: the newest of them is worth what the others were. */
export function familyOf({ subject, clientId, sessionId }: Caller): string {
  return JSON.stringify([subject, clientId, sessionId]);
}

/**
 * Knows which tokens have sessions, and ends the sessions of those that are no longer worth what they were. It has no timer: whoever owns it calls
 * `endExpired` every second and `ask` every few.
 */
export class LiveTokens {
  private readonly tokens = new Map<string, WatchedToken>();

  constructor(
    private readonly introspect: Introspect,
    private readonly now: () => number,
  ) {}

  /** Answers how to stop watching. */
  watch(watch: Watch): () => void {
    const session: Session = { watch, token: watch.token, expiresAt: watch.expiresAt };
    this.add(session);
    return () => this.remove(session);
  }

  /** A newer token of the same login takes the place of older ones in the sessions whose scopes it covers. */
  renew(token: string, caller: Caller): void {
    const family = familyOf(caller);
    const older = [...this.tokens.values()].flatMap(({ sessions }) =>
      [...sessions].filter(
        (session) =>
          session.watch.family === family &&
          session.token !== token &&
          endsLater(caller.expiresAt, session.expiresAt) &&
          session.watch.needs.every((scope) => caller.scopes.includes(scope)),
      ),
    );
    for (const session of older) {
      this.remove(session);
      session.token = token;
      session.expiresAt = caller.expiresAt;
      this.add(session);
    }
  }

  endExpired(): void {
    const now = this.now();
    for (const { sessions } of this.tokens.values())
      for (const { expiresAt, watch } of sessions) {
        if (expiresAt === undefined || expiresAt > now) continue;
        if (expiresAt + LAST_MINUTE_MS <= now || watch.isAtWork?.() !== true) watch.cut('expired');
      }
  }

  /** Asks about each token once, however many sessions it has. */
  async ask(): Promise<void> {
    const waiting = [...this.tokens];
    const askNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await this.askAbout(...next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askNext));
  }

  private add(session: Session): void {
    const watched = this.tokens.get(session.token) ?? { sessions: new Set(), lastAlive: this.now() };
    this.tokens.set(session.token, watched);
    watched.sessions.add(session);
  }

  private remove(session: Session): void {
    const watched = this.tokens.get(session.token);
    watched?.sessions.delete(session);
    if (watched?.sessions.size === 0) this.tokens.delete(session.token);
  }

  private async askAbout(token: string, watched: WatchedToken): Promise<void> {
    const access = await this.introspect(token);
    const now = this.now();
    if (access.kind === 'unavailable') {
      if (now - watched.lastAlive >= PATIENCE_MS) cutAll(watched, () => 'authly-gone');
      return;
    }
    watched.lastAlive = now;
    if (access.kind === 'granted')
      return cutAll(watched, ({ watch }) =>
        watch.needs.every((scope) => access.caller.scopes.includes(scope)) ? undefined : 'scopes',
      );
    // An expired token is as worthless as a revoked one, but its sessions may finish what they are at.
    cutAll(watched, ({ expiresAt }) => (expiresAt !== undefined && expiresAt <= now ? undefined : 'revoked'));
  }
}

function cutAll({ sessions }: WatchedToken, why: (session: Session) => CutReason | undefined): void {
  for (const session of sessions) {
    const reason = why(session);
    if (reason !== undefined) session.watch.cut(reason);
  }
}

function endsLater(newer: number | undefined, older: number | undefined): boolean {
  return older !== undefined && (newer === undefined || newer > older);
}
