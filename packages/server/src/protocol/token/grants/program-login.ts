import type { GrantId } from '@authly/oauth';
import type { ProgramProof } from '../../../identity/prove-to-program.js';
import type { Client } from '../../../model/client.js';
import { newGrant } from '../../../model/tokens/grant.js';
import type { Context } from '../../../ports/context.js';
import type { Target } from '../../resource/find-target.js';
import { type Authorization, issuedTo } from '../authorization.js';
import { invalidGrant } from './live-grant.js';

/** The first tokens of a person who has just proved who they are to a program, without a browser. */
export function authorizeProgram(
  login: {
    readonly client: Client;
    readonly proof: Pick<Extract<ProgramProof, { kind: 'proved' }>, 'user' | 'acr' | 'amr'>;
    readonly scopes: readonly string[];
    readonly resources: readonly string[];
    readonly target: Target;
  },
  context: Pick<Context, 'clock' | 'random' | 'settings' | 'store'>,
): Authorization {
  const { client, scopes, resources, target } = login;
  const { user, acr, amr } = login.proof;
  const now = context.clock.now();
  const grant = newGrant({
    id: context.random.uuid() as GrantId,
    clientId: client.clientId,
    user,
    proof: { authTime: now, acr, amr },
    scopes,
    resources,
    method: 'password',
    offline: true,
    createdAt: now,
    expiresAt: new Date(now.getTime() + context.settings['tokens.refresh_absolute_lifetime'] * 1000),
  });
  return {
    client,
    login: { grant, user, generation: 1 },
    scopes,
    target,
    event: issuedTo(user, client, 'password'),
    async commit({ accessToken, refreshToken, response }, event) {
      const started = await context.store.refreshTokens.start({ grant, accessToken, refreshToken, event });
      if (!started) throw invalidGrant('This login was ended while it was under way. Log in again.');
      return response;
    },
  };
}
