import type { Config } from '../config/config.js';
import type { Terminal } from '../terminal/terminal.js';
import type { OpenAuthenticator } from './open-authenticator.js';

/** Where a session stands: the authenticator, the server it is for, the login it goes by. */
export interface Place extends OpenAuthenticator {
  readonly config: Config;
  readonly terminal: Terminal;
  /** The login of the configured server; it need not exist. */
  readonly profile: string;
  /** The same, but absent where a token in the environment comes first. */
  readonly profileName: string | undefined;
}
