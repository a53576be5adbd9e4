import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import type { Session } from '../../session/session.js';

/** A connection begins with a token that is good for this long. */
const MIN_TTL_SECONDS = 60;

/** Where a client gets its tokens. Fails before anything is started when nobody is logged in, or not for this. */
export async function tokensWith(session: Session, ...scopes: readonly string[]): Promise<() => Promise<string>> {
  const token = (): Promise<string> => session.token({ minTtlSeconds: MIN_TTL_SECONDS });
  await token();
  const { scopes: held } = await session.state();
  if (held.length === 0 || scopes.some((scope) => held.includes(scope))) return token;
  throw new CliError({
    message: 'This login may not use the database',
    reason: `It has none of the scopes ${scopes.join(', ')}.`,
    hint: `Log in with them: authly admin auth login ${scopes.map((scope) => `--scope ${scope}`).join(' ')}`,
    code: 'insufficient_scope',
    exitCode: EXIT.permission,
  });
}
