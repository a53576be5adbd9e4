import type { AdminClient, LooseInput, RouteName } from '@authly/admin-api/client';
import type { Config } from './config/config.js';
import type { SharedValues } from './program/shared-options.js';
import type { Session } from './session/session.js';
import type { Terminal } from './terminal/terminal.js';

/** Everything that a command may touch. Made once a run; tests make their own. */
export interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly shared: SharedValues;
  readonly clock: { readonly now: () => Date };
  /** `json` when results are for a program. */
  readonly output: 'table' | 'json';
  /** The login on this computer. Nothing is read before a method is called. */
  readonly session: Session;
  /** The admin API of the configured server, called as the person who is logged in. */
  readonly api: AdminClient;
  /** Calls an operation whose answer is a stream, and answers the stream. */
  readonly stream: (route: RouteName, input: LooseInput) => Promise<AsyncIterable<Uint8Array>>;
  /** Says something to whoever looks for a fault; silent otherwise. */
  readonly debug: (line: string) => void;
}
