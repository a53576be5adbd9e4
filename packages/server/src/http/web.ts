import type { Context } from '../ports/context.js';
import type { Shell } from './pages/shell.js';

/** What the process can say about itself. */
export interface Runtime {
  readonly version: string;
  /** The database's version when it answers; throws when it does not. */
  ping(): Promise<string>;
  /** When this process was ready to work. */
  readonly startedAt: Date;
  /** The connections of this process to the database. */
  pool(): { readonly open: number; readonly idle: number; readonly waiting: number; readonly max: number };
  /** False before everything is up and after SIGTERM. */
  isReady(): boolean;
  /** What is wrong with the clock of this machine, in words. */
  clockProblem(): string | undefined;
  /** The text of /metrics. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** The script that draws /docs, compressed, and a name of its content. */
  apiReference(): Promise<CompressedScript>;
}

/** A script as it travels: gzip. */
export interface CompressedScript {
  readonly gzip: Buffer;
  /** Another one for another content. */
  readonly version: string;
}

/** What handlers work with. */
export interface Web {
  readonly context: Context;
  readonly shell: Shell;
  readonly runtime: Runtime;
  /** The path of the issuer, without a slash at its end; empty for most. */
  readonly base: string;
}
