import { completion } from './commands/completion.js';
import { dbGroup } from './commands/db/group.js';
import { proxyGroup } from './commands/proxy/group.js';
import { backup } from './commands/server/backup.js';
import { doctor } from './commands/server/doctor.js';
import { healthcheck } from './commands/server/healthcheck.js';
import { migrate } from './commands/server/migrate.js';
import { recover } from './commands/server/recover.js';
import { restore } from './commands/server/restore.js';
import { serve } from './commands/server/serve.js';
import type { Branch, Command, Group } from './program/command.js';

/** Every command of `authly`: START READING HERE. */

interface LateBranch {
  readonly summary: string;
  /** A command needs the declarations of its own group, and reading all of them took longer than most commands run. */
  readonly load: () => Promise<Branch | Command>;
}

const ADMIN: Readonly<Record<string, LateBranch>> = {
  auth: {
    summary: 'Authentication commands for admin access.',
    load: async () => (await import('./commands/auth/group.js')).authGroup,
  },
  client: {
    summary: 'Manage OAuth 2.1 clients.',
    load: async () => (await import('./commands/client/group.js')).clientGroup,
  },
  scope: {
    summary: 'Manage OAuth 2.1 scopes.',
    load: async () => (await import('./commands/scope/group.js')).scopeGroup,
  },
  resource: {
    summary: 'Manage the APIs that access tokens can be for.',
    load: async () => (await import('./commands/resource/group.js')).resourceGroup,
  },
  user: {
    summary: 'Manage users.',
    load: async () => (await import('./commands/user/group.js')).userGroup,
  },
  audit: {
    summary: 'Read and check the audit log.',
    load: async () => (await import('./commands/audit/group.js')).auditGroup,
  },
  keys: {
    summary: 'Manage the keys that sign tokens.',
    load: async () => (await import('./commands/keys/group.js')).keysGroup,
  },
  apikey: {
    summary: 'Manage API keys.',
    load: async () => (await import('./commands/apikey/group.js')).apiKeyGroup,
  },
  status: {
    summary: 'Show system status and configuration.',
    load: async () => (await import('./commands/status.js')).showStatus,
  },
  why: {
    summary: 'Say why a request was refused, and what to change.',
    load: async () => (await import('./commands/why.js')).why,
  },
};

/** What may stand right behind `authly admin`. */
export const ADMIN_NAMES: readonly string[] = Object.keys(ADMIN);

/** The tree, with the groups below `admin` that these words name; of the others there is what a list says of them. */
export async function commandTree(words: readonly string[]): Promise<Group> {
  const groups = Object.entries(ADMIN).map(async ([name, { summary, load }]): Promise<Command | Group> => {
    const loaded = words.includes(name) ? await load() : { commands: [] };
    return { ...loaded, name, summary };
  });
  return treeOf(await Promise.all(groups));
}

/** The tree with everything that is in it. */
export function wholeTree(): Promise<Group> {
  return commandTree(ADMIN_NAMES);
}

function treeOf(commands: readonly (Command | Group)[]): Group {
  return {
    name: 'authly',
    summary: 'Authly: an OAuth 2.1 and OpenID Connect authorization server in one command.',
    commands: [
      {
        name: 'admin',
        summary: 'Administrative operations for Authly.',
        description: ['Everything goes through the admin API of a server, never directly to its database.'],
        commands,
        sections: [
          {
            title: 'Common Commands',
            lines: ['$ authly admin auth login', '$ authly admin client list', '$ authly admin status'],
          },
        ],
      },
      serve,
      migrate,
      healthcheck,
      doctor,
      recover,
      backup,
      restore,
      proxyGroup,
      { ...dbGroup, name: 'db', summary: 'Start a database client, logged in as you.' },
      completion,
    ],
  };
}
