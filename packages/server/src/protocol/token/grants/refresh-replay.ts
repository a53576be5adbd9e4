import type { TokenHash, TokenResponse } from '@authly/oauth';
import type { RequestOrigin } from '../../../model/audit-event.js';
import type { SealedReplay } from '../../../model/tokens/refresh-token.js';
import type { Context } from '../../../ports/context.js';
import type { FoundRefreshToken } from '../../../ports/store/tokens/refresh-tokens.js';
import { OAuthError, recorded } from '../../error.js';
import type { TokenBinding } from '../../proof/binding.js';

/**
 * A used refresh token was sent again. Right after its use, by the same client with the same request, that is a lost answer
 * or a twin process: it gets the same answer. Anything later or older is taken for theft and ends the family.
 * @spec RFC 9700 §4.14.2
 */
// @check 154, 155
export async function answerRepeat(
  found: FoundRefreshToken,
  key: string,
  origin: RequestOrigin,
  context: Context,
): Promise<TokenResponse> {
  const { token, grant, replay } = found;
  const now = context.clock.now();
  const age = (now.getTime() - (token.consumedAt ?? now).getTime()) / 1000;
  const inGrace = age <= context.settings['tokens.refresh_grace'] && !found.successorConsumed;
  if (inGrace && replay) {
    // A different request within the grace is refused without harm: two processes may want different scopes at once.
    if (replay.key !== key)
      throw new OAuthError('invalid_grant', 'The refresh token was just used for another request. Use the new one.');
    const answer = openReplay(token.hash, replay, context);
    if (answer) {
      context.events.emit({ type: 'refresh', result: 'replayed' });
      return { ...answer, expires_in: Math.max(1, answer.expires_in - Math.floor(Math.max(0, age))) };
    }
  }
  await context.store.transaction(async (tx) => {
    await tx.grants.revoke({ id: grant.id }, 'refresh_token_reused', now);
    tx.record(
      {
        action: 'refresh_token.reused',
        outcome: 'failure',
        actor: grant.userId === undefined ? { type: 'client', id: grant.clientId } : { type: 'user', id: grant.userId },
        clientId: grant.clientId,
        target: { type: 'grant', id: grant.id },
      },
      origin,
    );
  });
  context.events.emit({ type: 'refresh', result: 'reuse_detected' });
  context.events.emit({ type: 'security', event: 'refresh_token_reused', severity: 'high' });
  throw recorded(
    new OAuthError('invalid_grant', 'The refresh token was used before. This login is revoked; log in again.', {
      reason: 'refresh_token',
    }),
  );
}

/** What must be the same for two requests to count as one. */
export function replayKey({
  clientId,
  scopes,
  audience,
  binding,
}: {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: string;
  readonly binding: TokenBinding;
}): string {
  return JSON.stringify([clientId, [...scopes].sort(), audience, binding.confirmation?.jkt ?? '']);
}

export function sealReplay(
  hash: TokenHash,
  key: string,
  response: TokenResponse,
  context: Pick<Context, 'box'>,
): SealedReplay {
  return { key, sealed: context.box.seal(JSON.stringify(response), `refresh-replay:${hash}`) };
}

function openReplay(hash: TokenHash, replay: SealedReplay, context: Pick<Context, 'box'>): TokenResponse | undefined {
  const plain = context.box.open(replay.sealed, `refresh-replay:${hash}`);
  return plain && (JSON.parse(plain.toString('utf8')) as TokenResponse);
}
