import type { Reply } from './contract.js';
import type { RouteName } from './route-table.js';

/** By what the answer of an operation is recognised: without a validator, which would cost a command more than its work. */

/** What a list is made of, or the answer itself. */
type Item<Name extends RouteName> = Reply<Name> extends readonly (infer One)[] ? One : Reply<Name>;

const CLIENT = ['client_id', 'client_name', 'redirect_uris', 'assigned_scopes', 'created_at'] as const;
const RESOURCE = ['id', 'identifier', 'scopes', 'is_active'] as const;
const SCOPE = ['scope_name'] as const;
const USER = ['id', 'username', 'email', 'created_at'] as const;
const API_KEY = ['id', 'name', 'scopes', 'owner'] as const;

/** Keys that an answer, or each entry of a list, must have: those that no version of the server goes without. */
export const replyKeys: {
  readonly [Name in RouteName]: Item<Name> extends undefined ? readonly [] : readonly (keyof Item<Name> & string)[];
} = {
  adminHealth: ['status'],
  adminAuthenticate: ['access_token'],
  getStatus: ['status', 'database', 'configuration', 'statistics'],
  getDashboardStats: ['users', 'activity'],

  listClients: CLIENT,
  createClient: [...CLIENT, 'client_secret'],
  createRegistrationToken: ['id', 'registration_token'],
  resetRegistrationToken: ['registration_access_token'],
  listAlgorithms: ['supported_algorithms'],
  getClient: CLIENT,
  updateClient: CLIENT,
  deleteClient: ['client_id'],
  regenerateClientSecret: ['client_id', 'client_secret'],
  getClientOidc: ['client_id'],
  updateClientOidc: ['client_id'],

  listScopes: SCOPE,
  createScope: SCOPE,
  listDefaultScopes: SCOPE,
  getScope: SCOPE,
  updateScope: SCOPE,
  deleteScope: SCOPE,

  listResources: RESOURCE,
  createResource: RESOURCE,
  getResource: RESOURCE,
  updateResource: RESOURCE,
  deleteResource: ['id', 'identifier'],

  listUsers: ['users', 'total_count'],
  createUser: USER,
  getUser: USER,
  updateUser: USER,
  deleteUser: [],
  resetPassword: ['user_id', 'temporary_password'],
  resetSecondFactor: ['user_id'],
  unlockUser: ['user_id'],
  verifyUser: USER,

  listUserSessions: ['sessions', 'total_count'],
  revokeUserSessions: ['revoked_sessions'],
  revokeUserSession: ['session_id'],
  listUserTokens: ['tokens', 'total_count'],
  revokeUserTokens: ['revoked_tokens'],

  listAuditEvents: ['events', 'next_cursor'],
  explainRefusal: ['request_id', 'advice'],
  verifyAudit: ['valid', 'checked', 'problems'],
  exportAudit: ['seq'],

  listKeys: ['kid', 'algorithm'],
  rotateKeys: ['keys'],
  withdrawKey: ['key', 'signing'],

  listApiKeys: API_KEY,
  createApiKey: [...API_KEY, 'api_key'],
  getApiKey: API_KEY,
  rotateApiKey: [...API_KEY, 'api_key'],
  revokeApiKey: ['id'],

  registerAccount: USER,
  getMyAccount: USER,
  listAccounts: USER,
  getAccount: USER,
  updateAccount: USER,
  deleteAccount: [],
  verifyAccount: USER,

  logout: ['invalidated_tokens'],
  changePassword: ['requires_password_change'],
  getPasswordStatus: ['requires_password_change'],

  listOwnApiKeys: API_KEY,
  createOwnApiKey: [...API_KEY, 'api_key'],
  rotateOwnApiKey: [...API_KEY, 'api_key'],
  revokeOwnApiKey: ['id'],
};
