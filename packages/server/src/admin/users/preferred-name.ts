import type { UserId } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { invalid } from '../refusal.js';

/** Applications take preferred_username for the name of the person: it must not look like that of somebody else. */
export async function checkPreferredName(
  name: string | undefined,
  owner: UserId | undefined,
  context: Pick<Context, 'store'>,
): Promise<void> {
  if (name === undefined || !(await context.store.users.looksLikeAnother(name, owner))) return;
  const message = 'preferred_username must not look like the user name of somebody else';
  throw invalid([{ field: 'preferred_username', message }]);
}
