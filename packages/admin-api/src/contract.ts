import { z } from 'zod';
import type { Route } from './route.js';
import { type RouteName, routes } from './route-table.js';
import * as accounts from './schemas/accounts.js';
import * as apiKeys from './schemas/api-keys.js';
import * as audit from './schemas/audit.js';
import * as clients from './schemas/client/client.js';
import * as keys from './schemas/keys.js';
import * as resources from './schemas/resources.js';
import * as scopes from './schemas/scopes.js';
import * as sessions from './schemas/sessions.js';
import * as system from './schemas/system.js';
import * as users from './schemas/users.js';

/** What goes in and comes out of one operation. A missing part means there is none. */
export interface Exchange {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Absent for 204. */
  readonly reply?: z.ZodType;
}

/** Inputs and answers of every operation, by the names of the route table. */
export const exchanges = {
  adminHealth: { reply: system.adminHealth },
  adminAuthenticate: { body: system.adminCredentials, reply: system.tokenReply },
  getStatus: { reply: system.status },
  getDashboardStats: { reply: system.dashboardStats },

  listClients: { query: clients.clientListQuery, reply: z.array(clients.client) },
  createClient: { body: clients.clientCreation, reply: clients.createdClient },
  createRegistrationToken: { body: clients.registrationTokenCreation, reply: clients.createdRegistrationToken },
  resetRegistrationToken: { params: clients.clientParams, reply: clients.resetRegistrationToken },
  listAlgorithms: { reply: clients.algorithms },
  getClient: { params: clients.clientParams, reply: clients.client },
  updateClient: { params: clients.clientParams, body: clients.clientChange, reply: clients.client },
  deleteClient: { params: clients.clientParams, reply: clients.deletedClient },
  regenerateClientSecret: {
    params: clients.clientParams,
    body: clients.secretRegeneration,
    reply: clients.regeneratedSecret,
  },
  getClientOidc: { params: clients.clientParams, reply: clients.clientOidc },
  updateClientOidc: { params: clients.clientParams, body: clients.clientOidcChange, reply: clients.changedClientOidc },

  listScopes: { query: scopes.scopeListQuery, reply: z.array(scopes.scope) },
  createScope: { body: scopes.scopeCreation, reply: scopes.scope },
  listDefaultScopes: { reply: z.array(scopes.scope) },
  getScope: { params: scopes.scopeParams, reply: scopes.scope },
  updateScope: { params: scopes.scopeParams, body: scopes.scopeChange, reply: scopes.scope },
  deleteScope: { params: scopes.scopeParams, reply: scopes.deletedScope },

  listResources: { query: resources.resourceListQuery, reply: z.array(resources.resource) },
  createResource: { body: resources.resourceCreation, reply: resources.resource },
  getResource: { params: resources.resourceParams, reply: resources.resource },
  updateResource: { params: resources.resourceParams, body: resources.resourceChange, reply: resources.resource },
  deleteResource: { params: resources.resourceParams, reply: resources.deletedResource },

  listUsers: { query: users.userListQuery, reply: users.userPage },
  createUser: { body: users.userCreation, reply: users.createdUser },
  getUser: { params: users.userParams, reply: users.userDetail },
  updateUser: { params: users.userParams, body: users.userChange, reply: users.userDetail },
  deleteUser: { params: users.userParams },
  resetPassword: { params: users.userParams, reply: users.passwordReset },
  resetSecondFactor: { params: users.userParams, reply: users.secondFactorReset },
  unlockUser: { params: users.userParams, reply: users.unlocked },
  verifyUser: { params: users.userParams, reply: users.userDetail },

  listUserSessions: { params: users.userParams, query: sessions.sessionListQuery, reply: sessions.sessionPage },
  revokeUserSessions: { params: users.userParams, reply: sessions.revokedSessions },
  revokeUserSession: { params: sessions.sessionParams, reply: sessions.revokedSession },
  listUserTokens: { params: users.userParams, query: sessions.tokenListQuery, reply: sessions.tokenPage },
  revokeUserTokens: { params: users.userParams, query: sessions.tokenRevocationQuery, reply: sessions.revokedTokens },

  listAuditEvents: { query: audit.auditListQuery, reply: audit.auditPage },
  explainRefusal: { params: audit.refusalParams, reply: audit.refusalExplanation },
  verifyAudit: { query: audit.auditVerifyQuery, reply: audit.auditVerification },
  exportAudit: { query: audit.auditExportQuery, reply: audit.auditEvent },

  listKeys: { reply: z.array(keys.signingKey) },
  rotateKeys: { body: keys.keyRotation, reply: keys.rotatedKeys },
  withdrawKey: { params: keys.keyId, reply: keys.withdrawnKey },

  listApiKeys: { query: apiKeys.apiKeyListQuery, reply: z.array(apiKeys.apiKey) },
  createApiKey: { body: apiKeys.apiKeyCreation, reply: apiKeys.createdApiKey },
  getApiKey: { params: apiKeys.apiKeyParams, reply: apiKeys.apiKey },
  rotateApiKey: { params: apiKeys.apiKeyParams, body: apiKeys.apiKeyRotation, reply: apiKeys.rotatedApiKey },
  revokeApiKey: { params: apiKeys.apiKeyParams, reply: apiKeys.revokedApiKey },

  registerAccount: { body: accounts.registration, reply: accounts.account },
  getMyAccount: { reply: accounts.account },
  listAccounts: { query: accounts.accountListQuery, reply: z.array(accounts.account) },
  getAccount: { params: users.userParams, reply: accounts.account },
  updateAccount: { params: users.userParams, body: accounts.accountChange, reply: accounts.account },
  deleteAccount: { params: users.userParams },
  verifyAccount: { params: users.userParams, reply: accounts.account },

  logout: { reply: accounts.loggedOut },
  changePassword: { body: accounts.passwordChange, reply: accounts.passwordChanged },
  getPasswordStatus: { reply: accounts.passwordStatus },

  listOwnApiKeys: { query: apiKeys.ownApiKeyListQuery, reply: z.array(apiKeys.apiKey) },
  createOwnApiKey: { body: apiKeys.ownApiKeyCreation, reply: apiKeys.createdApiKey },
  rotateOwnApiKey: { params: apiKeys.apiKeyParams, body: apiKeys.ownApiKeyRotation, reply: apiKeys.rotatedApiKey },
  revokeOwnApiKey: { params: apiKeys.apiKeyParams, reply: apiKeys.revokedApiKey },
} as const satisfies { readonly [Name in RouteName]: Exchange };

export type Exchanges = typeof exchanges;

type Part<Name extends RouteName, Key extends keyof Exchange> = Exchanges[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? Schema
  : undefined;
type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type In<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;

/** What a handler gets: the request as the schemas leave it. */
export interface Received<Name extends RouteName> {
  readonly params: Out<Part<Name, 'params'>>;
  readonly query: Out<Part<Name, 'query'>>;
  readonly body: Out<Part<Name, 'body'>>;
}

/** What a handler answers: the body of success, `undefined` for 204. */
export type Reply<Name extends RouteName> = Out<Part<Name, 'reply'>>;

/** What a caller may send as the body. */
export type BodyInput<Name extends RouteName> = In<Part<Name, 'body'>>;
/** What a caller may put into the path. */
export type ParamsInput<Name extends RouteName> = Out<Part<Name, 'params'>>;
/** What a caller may put into the query: values as the handler will see them, every one optional. */
export type QueryInput<Name extends RouteName> =
  Part<Name, 'query'> extends z.ZodType ? Partial<Out<Part<Name, 'query'>>> : undefined;

/** One operation with everything that is known about it. */
export type Operation = Route & Exchange & { readonly name: RouteName };

/**
 * Every operation as a list, the order being that of the route table: what a server walks to register handlers.
 * @example for (const operation of operations()) app.route({ method: operation.method, url: operation.path })
 */
export function operations(): readonly Operation[] {
  return (Object.keys(routes) as RouteName[]).map((name) => ({
    name,
    ...routes[name],
    ...(exchanges[name] as Exchange),
  }));
}
