import type { LiveTokens } from '../access/live-tokens.js';
import type { AclUsers } from './upstream/acl-users.js';
import type { ServerFacts } from './commands/own-answers.js';
import type { Admissions } from './login.js';
import type { UpstreamAddress } from './upstream/open-upstream.js';

/** A connection, as the house sees it. */
export interface LiveConnection {
  /** Says `text` if a command has no reply yet, and ends. */
  end(reason: string, text: string): void;
  /** Ends as soon as every command has its reply. */
  endWhenIdle(reason: string, text: string): void;
  /** Ends it when its client takes nothing, or is not logged in for too long. */
  checkLimits(now: number): void;
}

/** What all connections share. */
export interface House {
  readonly admissions: Admissions;
  readonly liveTokens: LiveTokens;
  readonly server: () => ServerFacts;
  /** Without it the server knows no callers, and the proxy alone keeps them apart. */
  readonly aclUsers: AclUsers | undefined;
  readonly upstream: UpstreamAddress;
  readonly certificate: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly audit: (event: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly connections: Set<LiveConnection>;
  /** How many sessions each caller has. */
  readonly sessions: Map<string, number>;
  readonly nextId: () => number;
}
