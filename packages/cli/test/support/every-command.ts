import { leaves } from '../../src/reference/walk.js';
import { commandTree } from './command-tree.js';

/** A line for every admin command, so that a test of all of them cannot forget one. */

export interface Sample {
  /** After `authly admin`. */
  readonly words: readonly string[];
  /** It asks before it does anything, so that without a yes nothing happens. */
  readonly asks?: true;
  /** It does its work, or fails, on this computer alone. */
  readonly local?: true;
}

/** What the lines are about. */
export interface Things {
  readonly clientId: string;
  /** A client that registered itself. */
  readonly registeredId: string;
  readonly scope: string;
  readonly resource: string;
  readonly user: string;
  readonly apiKeyId: string;
  readonly keyId: string;
  /** Of a request that was refused. */
  readonly requestId: string;
  readonly login: string;
  /** A word that no other round has used, for what is created. */
  readonly fresh: string;
}

/** By the path below `admin`. Whoever adds a command adds its line here. */
export function everyCommand({
  clientId,
  registeredId,
  scope,
  resource,
  user,
  apiKeyId,
  keyId,
  requestId,
  login,
  fresh,
}: Things): ReadonlyMap<string, Sample> {
  const samples: Readonly<Record<string, Sample>> = {
    'auth login': { words: ['--username', 'admin'] },
    'auth whoami': { words: [] },
    'auth status': { words: [] },
    'auth info': { words: [], local: true },
    'auth token': { words: [], local: true },
    'auth list': { words: [], local: true },
    'auth switch': { words: [login], local: true },
    'auth exec': { words: ['--', 'true'], local: true },
    'client create': {
      words: ['--name', 'App', '--type', 'confidential', '--redirect-uri', 'https://app.example/cb'],
    },
    'client list': { words: [] },
    'client show': { words: [clientId] },
    'client update': { words: [clientId, '--name', fresh] },
    'client registration-token': { words: ['--uses', '2'] },
    'client reset-registration': { words: [registeredId], asks: true },
    'client regenerate-secret': { words: [clientId], asks: true },
    'scope create': { words: ['--name', fresh, '--description', 'x'] },
    'scope list': { words: [] },
    'scope show': { words: [scope] },
    'scope update': { words: [scope, '--description', fresh] },
    'scope defaults': { words: [] },
    'resource create': {
      words: [`https://${fresh}.example/mcp`, '--name', 'Notes', '--scope', 'notes:read', '--open'],
    },
    'resource list': { words: [] },
    'resource show': { words: [resource] },
    'resource update': { words: [resource, '--name', fresh] },
    'user create': { words: ['--username', fresh, '--email', `${fresh}@example.org`] },
    'user list': { words: [] },
    'user show': { words: [user] },
    'user update': { words: [user, '--nickname', fresh] },
    'user unlock': { words: [user] },
    'user sessions': { words: [user] },
    'user revoke-sessions': { words: [user], asks: true },
    'user reset-second-factor': { words: [user], asks: true },
    'user reset-password': { words: [user], asks: true },
    'audit list': { words: [] },
    'audit verify': { words: [] },
    'audit export': { words: [] },
    'keys list': { words: [] },
    'keys rotate': { words: ['--algorithm', 'ES256'] },
    'apikey create': { words: ['--name', fresh, '--scope', 'read'] },
    'apikey list': { words: [] },
    'apikey rotate': { words: [apiKeyId, '--overlap', '1h'], asks: true },
    status: { words: [] },
    why: { words: [requestId] },
    'apikey revoke': { words: [apiKeyId], asks: true },
    'keys withdraw': { words: [keyId], asks: true },
    'user delete': { words: [user], asks: true },
    'resource delete': { words: [resource], asks: true },
    'scope delete': { words: [scope], asks: true },
    'client delete': { words: [clientId], asks: true },
    'auth refresh': { words: [] },
    'auth logout': { words: [], local: true },
    'auth remove': { words: [login], local: true },
  };
  const commands = leaves(commandTree)
    .filter(({ path }) => path[1] === 'admin')
    .map(({ path }) => path.slice(2).join(' '));
  const missing = commands.filter((command) => samples[command] === undefined);
  if (missing.length > 0) throw new Error(`no line for: authly admin ${missing.join(', ')}`);
  return new Map(Object.entries(samples));
}
