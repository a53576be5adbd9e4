import type { Recovery, RecoveryRequest } from '../admin/users/recover-administrator.js';
import type { Environment } from '../config/environment.js';
import type { Settings } from '../config/settings.js';
import { type OperatorOptions, withOperatorDatabase } from './operator-database.js';
import { StartError } from './start-error.js';

export interface RecoverOptions extends RecoveryRequest, OperatorOptions {}

/** Lets an administrator in again who is locked out, without the help of a server: works on its database, beside it or while it is down. */
export function recoverIn(options: RecoverOptions, environment: Environment): Promise<Recovery> {
  return withOperatorDatabase(options, environment, ({ connectionString, settings }) =>
    recoverAt(connectionString, options, settings),
  );
}

async function recoverAt(connectionString: string, request: RecoveryRequest, settings: Settings): Promise<Recovery> {
  const [{ composeRecovery }, { recoverAdministrator }, schema] = await Promise.all([
    import('../compose-recovery.js'),
    import('../admin/users/recover-administrator.js'),
    import('../storage/postgres/migrate.js'),
  ]);
  if ((await schema.pendingMigrations({ connectionString })).length > 0) {
    throw new StartError(
      'The database has no tables of this version of Authly.',
      'It is empty, another one, or older than this command.',
      'Check DATABASE_URL; an older one is brought up to date by authly migrate, or by a start of the server.',
    );
  }
  const { context, close } = await composeRecovery(settings, { connectionString, logger: QUIET });
  try {
    return await recoverAdministrator(request, context);
  } finally {
    await close();
  }
}

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
