import type { Context } from '../../context.js';
import { explainErrorsOf, type Subject } from '../../errors/api-error.js';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';

/** People name a user by name, programs by identifier: both are found. */
export interface FoundUser {
  readonly id: string;
  readonly username: string;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A user, as a message names it. */
export function userSubject(given: string): Subject {
  return { noun: 'User', label: UUID.test(given) ? 'User ID' : 'User', id: given };
}

/**
 * Finds a user by identifier or by user name, whole and without regard to case.
 * @throws CliError when there is none.
 */
export async function findUser(context: Context, given: string): Promise<FoundUser> {
  const subject = userSubject(given);
  if (UUID.test(given)) {
    const { data } = await explainErrorsOf(subject, context.api.getUser({ params: { user_id: given } }));
    return data;
  }
  for (let skip = 0; given.trim() !== ''; skip += 100) {
    const { data } = await context.api.listUsers({ query: { username: given, limit: 100, skip } });
    const match = data.users.find(({ username }) => username.toLowerCase() === given.toLowerCase());
    if (match) return match;
    if (!data.page_info.has_next) break;
  }
  throw new CliError({
    message: 'User not found',
    reason: `User '${given}' does not exist or has been deleted.`,
    code: 'not_found',
    exitCode: EXIT.notFound,
  });
}
