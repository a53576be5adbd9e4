import type { Context } from '../../ports/context.js';
import type { Transaction } from '../../ports/store/transaction.js';
import { OAuthError } from '../error.js';

/** The token with which an administrator lets somebody register a client. */
export interface InitialToken {
  /** Uses it up once more; refuses when somebody else was faster. */
  use(tx: Transaction): Promise<void>;
}

/** Reads the initial access token. A wrong one is refused even where none is needed: its holder relies on it. @spec RFC 7591 §3 */
// @check 240
export async function useInitialToken(
  authorization: string | undefined,
  { isNeeded }: { readonly isNeeded: boolean },
  context: Pick<Context, 'hashing' | 'clock'>,
): Promise<InitialToken | undefined> {
  if (authorization === undefined && !isNeeded) return undefined;
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw refused(authorization === undefined);
  const hash = context.hashing.tokenHash(token);
  return {
    async use(tx) {
      if (!(await tx.selfRegistered.useInitialToken(hash, context.clock.now()))) throw refused(false);
    },
  };
}

function refused(isMissing: boolean): OAuthError {
  return new OAuthError(
    'invalid_token',
    'Clients register here with a token of an administrator: authly admin client registration-token.',
    { headers: { 'WWW-Authenticate': isMissing ? 'Bearer' : 'Bearer error="invalid_token"' } },
  );
}
