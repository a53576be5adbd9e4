import type { TokenResponse } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Context } from '../../ports/context.js';
import type { TokenBinding } from '../proof/binding.js';
import type { Authorization } from './authorization.js';
import { mintTokens } from './mint.js';

/** Makes what was authorized, and stores it with the event that tells of it. Whatever issues tokens comes through here. */
export async function issue(
  authorization: Authorization,
  { binding, origin }: { readonly binding: TokenBinding; readonly origin: RequestOrigin },
  context: Pick<Context, 'clock' | 'random' | 'signer' | 'hashing' | 'settings' | 'directory'>,
): Promise<TokenResponse> {
  const tokens = await mintTokens(authorization, binding, context);
  return authorization.commit(tokens, { ...authorization.event, ...origin, at: context.clock.now() });
}
