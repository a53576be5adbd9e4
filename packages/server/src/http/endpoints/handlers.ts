import { type EndpointName, ENDPOINTS, endpointPath } from '../../protocol/endpoints/table.js';
import { changeUserInfo } from '../api/userinfo-change.js';
import { logout, sessionCheck } from '../pages/logout/handler.js';
import type { Handler, Route } from '../route.js';
import { authorizationChallenge } from './authorization-challenge.js';
import { authorize, authorizeByPost } from './authorize.js';
import { deviceAuthorization } from './device-authorization.js';
import { cliDiscovery, discovery, jwks } from './discovery.js';
import { health, live, metrics, ready } from './health.js';
import { changeRegistration, readRegistration, registerClient, removeRegistration } from './registration.js';
import { pushedAuthorization } from './pushed-authorization.js';
import { refresh, token } from './token.js';
import { introspection, revocation } from './token-state.js';
import { userInfo } from './userinfo.js';

/** The function behind every endpoint of the table; one that is missing does not compile. */
const HANDLERS: Readonly<Record<EndpointName, Handler>> = {
  authorize,
  authorizeByPost,
  pushedAuthorization,
  authorizeChallenge: authorizationChallenge,
  token,
  refresh,
  register: registerClient,
  readRegistration,
  changeRegistration,
  removeRegistration,
  introspect: introspection,
  revoke: revocation,
  deviceAuthorization,
  userInfo,
  userInfoByPost: userInfo,
  changeUserInfo,
  endSession: logout,
  sessionCheck,
  openidConfiguration: discovery,
  oauthAuthorizationServer: discovery,
  jwks,
  cliConfiguration: cliDiscovery,
  health,
  ready,
  live,
  metrics,
};

/** The endpoints as routes. `api` is the prefix of the OAuth endpoints. */
export function endpointRoutes(api: string): readonly Route[] {
  const names = Object.keys(ENDPOINTS) as EndpointName[];
  return names.flatMap((name) => {
    const { methods, refusals, asked, cors, hasEffect } = ENDPOINTS[name];
    const path = endpointPath(name, { api_prefix: api });
    return methods.map((method) => ({ method, path, handle: HANDLERS[name], refusals, asked, cors, hasEffect }));
  });
}
