import type { Duplex } from 'node:stream';
import type { Client, ClientConfig } from 'pg';
import type { LiveTokens } from '../access/live-tokens.js';
import type { HttpDoor } from '../http/http-door.js';
import type { ProxyMetrics } from '../watch/metrics.js';
import { type ErrorReport, writeError } from './codec/messages.js';
import type { Guard } from './guard/guard.js';
import type { Admissions } from './login.js';
import type { Slots } from './roles/slots.js';

/** A connection after its login. */
export interface LiveSession {
  end(report: ErrorReport): void;
  /** Ends it as soon as no statement of it runs. */
  endWhenIdle(report: ErrorReport): void;
  /** Ends it when it has taken longer than a session may; call it every second. */
  checkLimits(): void;
}

/** What all connections share. */
export interface House {
  readonly admissions: Admissions;
  readonly liveTokens: LiveTokens;
  readonly guard: Guard;
  readonly slots: () => Slots | undefined;
  /** The connection that serves no caller. */
  readonly manager: () => Client;
  readonly database: string;
  /** Where the database is, without who logs in. */
  readonly server: ClientConfig;
  readonly secret: string;
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly audit: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly metrics: ProxyMetrics;
  readonly http: HttpDoor;
  readonly cancels: Map<string, () => void>;
  readonly sessions: Set<LiveSession>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly isDatabaseThere: () => Promise<boolean>;
  readonly isAuthlyThere: () => Promise<boolean>;
}

/** The last message of a connection. */
export function endWith(stream: Duplex, report: ErrorReport): void {
  if (stream.destroyed) return;
  stream.end(writeError(report, 'FATAL'));
  // Whoever does not take leave is left.
  setTimeout(() => stream.destroy(), 1000).unref();
}
