import type { User } from '../../model/people/user.js';
import type { RecoveryContext } from '../../admin/users/recover-administrator.js';
import { wellKnownPasswords } from '../../config/secret-strength.js';
import type { Settings } from '../../config/settings.js';
import { systemClock } from '../../platform/system-clock.js';
import type { DatabaseFacts } from '../../storage/postgres/operations/facts.js';
import type { Finding } from './finding.js';

/** What the database shows, as a whole. */
export function databaseFindings(facts: DatabaseFacts, settings: Settings): readonly Finding[] {
  const needed = settings.workers * (settings['database.pool_max'] + 1);
  const seconds = Math.round(Math.abs(facts.now.getTime() - systemClock.now().getTime()) / 1000);
  const findings: (Finding | false)[] = [
    facts.pending.length > 0 && {
      rule: 'schema-behind',
      level: 'warning',
      what: `The schema lacks ${facts.pending.join(', ')}`,
      mend: 'Run authly migrate, or let the next start of a server do it; take a backup first (authly backup)',
    },
    facts.isSuperuser && {
      rule: 'database-superuser',
      level: 'warning',
      what: `The role ${facts.role} is a superuser of PostgreSQL`,
      mend: `Make it an ordinary one that owns its database: ALTER ROLE "${facts.role}" NOSUPERUSER`,
    },
    needed > facts.maxConnections && {
      rule: 'too-few-connections',
      level: 'error',
      what: `One server may open ${needed} connections, and PostgreSQL takes ${facts.maxConnections} in all`,
      mend: 'Lower AUTHLY_POOL_MAX or AUTHLY_WORKERS, or raise max_connections, and count all servers',
    },
    ...facts.unsafe.map(
      (name): Finding => ({
        rule: 'lost-writes',
        level: 'error',
        what: `PostgreSQL runs with ${name} = off: a crash loses what was answered`,
        mend: `ALTER SYSTEM RESET ${name}, and restart it`,
      }),
    ),
    seconds > 5 && {
      rule: 'wrong-clock',
      level: 'error',
      what: `The clocks of this machine and of the database are ${seconds} seconds apart`,
      mend: 'Let both keep time by NTP',
    },
    facts.deadJobs > 0 && {
      rule: 'jobs-given-up',
      level: 'warning',
      what: `${facts.deadJobs} jobs were given up`,
      mend: 'The log of the server says why; rows of the table jobs with dead_at',
    },
    facts.withoutPkce.length > 0 && {
      rule: 'client-without-pkce',
      level: 'warning',
      what: `Clients that need no PKCE: ${list(facts.withoutPkce)}`,
      mend: 'authly admin client update ID --pkce required, where the application can do it',
    },
    facts.onPlainHttp.length > 0 && {
      rule: 'client-on-plain-http',
      level: 'warning',
      what: `Clients with a redirect address on plain http, not of this machine: ${list(facts.onPlainHttp)}`,
      mend: 'authly admin client update ID --redirect-uri https://…',
    },
  ];
  return findings.filter((finding) => finding !== false);
}

/** Who could administer, and who else could by guessing. */
export async function administratorFindings(context: RecoveryContext): Promise<readonly Finding[]> {
  const { users } = await context.store.admin.users.page({ isAdmin: true, isActive: true }, { skip: 0, limit: 20 });
  if (users.length === 0) {
    return [
      {
        rule: 'no-administrator',
        level: 'error',
        what: 'There is no active administrator',
        mend: 'authly recover NAME --make-admin',
      },
    ];
  }
  const findings: Finding[] = [];
  for (const user of users) {
    if (await hasKnownPassword(user, context)) {
      findings.push({
        rule: 'known-password',
        level: 'error',
        what: `The administrator "${user.username}" has a password that everybody tries first`,
        mend: 'Change it on the account page, or with authly recover',
      });
    }
    if ((await context.store.secondFactors.listOf(user.id)).length === 0) {
      findings.push({
        rule: 'no-second-factor',
        level: 'warning',
        what: `The administrator "${user.username}" has no second factor`,
        mend: 'Set one up on the account page',
      });
    }
  }
  return findings;
}

async function hasKnownPassword(user: User, { store, passwords }: RecoveryContext): Promise<boolean> {
  const hash = (await store.users.findForSignIn(user.username))?.passwordHash;
  if (hash === undefined) return false;
  const known = wellKnownPasswords().flatMap((word) => [word, word.charAt(0).toUpperCase() + word.slice(1)]);
  for (const password of new Set([...known, user.username])) if (await passwords.verify(hash, password)) return true;
  return false;
}

function list(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');
}
