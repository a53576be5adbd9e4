import type { GrantType } from '@authly/oauth';
import type { RequestOrigin } from '../../../model/audit-event.js';
import type { Context } from '../../../ports/context.js';
import type { AuthenticatedClient } from '../../client/authenticated-client.js';
import type { TokenBinding } from '../../proof/binding.js';
import type { Decision } from '../authorization.js';
import type { TokenRequests } from '../token-request.js';
import { authorizeByCode } from './authorization-code.js';
import { authorizeClient } from './client-credentials.js';
import { authorizeDevice } from './device-code.js';
import { authorizeByPassword } from './password.js';
import { authorizeRefresh } from './refresh-token.js';

/** Who asks for tokens, and what they will be bound to. */
export type GrantCaller = AuthenticatedClient & { readonly origin: RequestOrigin; readonly binding: TokenBinding };

/** Decides about a request of a client that has proved itself and may use the grant. */
export type DecideGrant<Request> = (request: Request, caller: GrantCaller, context: Context) => Promise<Decision>;

/** One rule for every grant type; a missing one does not compile. */
export const GRANTS: { readonly [Type in GrantType]: DecideGrant<TokenRequests[Type]> } = {
  authorization_code: authorizeByCode,
  refresh_token: authorizeRefresh,
  client_credentials: authorizeClient,
  password: authorizeByPassword,
  'urn:ietf:params:oauth:grant-type:device_code': authorizeDevice,
};
