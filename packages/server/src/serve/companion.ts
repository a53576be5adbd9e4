import { createHmac } from 'node:crypto';
import { SECRET_PREFIX } from '@authly/oauth';
import { PROXY_CLIENT_ID } from '../bootstrap/clients.js';
import type { Settings } from '../config/settings.js';

/** What runs beside the server needs to know of it. */
export interface CompanionFacts {
  /** Where the server is, from this machine. */
  readonly authlyUrl: string;
  readonly databaseUrl: string;
  /** The same database as a role that may make roles: for what is set up at the start, and for nothing else. */
  readonly setupUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The same at every start, and known to nobody else. */
  readonly secret: string;
}

export interface RunningCompanion {
  /** What the banner says of it: a name, and where it is or how to use it. */
  readonly lines: readonly (readonly [string, string])[];
  stop(): Promise<void>;
}

/** Starts something beside the server, once that answers. */
export type StartCompanion = (facts: CompanionFacts) => Promise<RunningCompanion>;

/** How long it may finish what it is at. */
export const COMPANION_LIMIT_MS = 35_000;

export function companionFacts(
  settings: Pick<Settings, 'host' | 'port'>,
  { rootSecret, ...urls }: Pick<CompanionFacts, 'databaseUrl' | 'setupUrl'> & { readonly rootSecret: string },
): CompanionFacts {
  const secretFor = (purpose: string): string =>
    createHmac('sha256', rootSecret).update(`authly companion ${purpose}`).digest('base64url');
  const host = ['0.0.0.0', ''].includes(settings.host) ? '127.0.0.1' : settings.host === '::' ? '::1' : settings.host;
  return {
    authlyUrl: `http://${host.includes(':') ? `[${host}]` : host}:${settings.port}`,
    ...urls,
    clientId: PROXY_CLIENT_ID,
    clientSecret: `${SECRET_PREFIX.clientSecret}${secretFor('client')}`,
    secret: secretFor('roles'),
  };
}
