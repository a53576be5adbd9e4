import { randomBytes } from 'node:crypto';
import { type ClientId, formatScope, type GrantType, type TokenResponse, type UserId } from '@authly/oauth';
import { type Client, newClient } from '../../src/model/client.js';
import type { User } from '../../src/model/people/user.js';
import type { NewResource, Resource } from '../../src/model/resource.js';
import type { Context } from '../../src/ports/context.js';
import { cookieName } from '../../src/http/cookies.js';
import { startSession } from '../../src/identity/browser-session.js';
import { type Agent, createAgent, type Page } from './agent.js';

export interface GivenUser {
  readonly user: User;
  readonly password: string;
}

export interface GivenClient {
  readonly client: Client;
  readonly clientId: ClientId;
  /** Empty for public clients. */
  readonly secret: string;
  /** The Authorization header of client_secret_basic. */
  readonly basic: Record<string, string>;
}

export interface CodeRun {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly agent: Agent;
}

/** Puts things in place for a test: one builder a noun. */
export interface Given {
  user(
    wish?: Partial<
      Pick<User, 'username' | 'email' | 'isActive' | 'isVerified' | 'isAdmin' | 'requiresPasswordChange' | 'profile'>
    > & { readonly password?: string },
  ): Promise<GivenUser>;
  client(wish?: Partial<Omit<Client, 'secrets' | 'clientId'>> & { readonly clientId?: string }): Promise<GivenClient>;
  scope(name: string, wish?: { readonly description?: string; readonly isDefault?: boolean }): Promise<void>;
  /** An API that tokens can be for; with the scopes that it names. */
  resource(identifier: string, wish?: Partial<Omit<NewResource, 'id' | 'identifier' | 'createdAt'>>): Promise<Resource>;
  /** An agent whose browser is signed in. */
  signedIn(user: GivenUser): Promise<Agent>;
  /** A code that is ready to be redeemed: the person is signed in and has consented. */
  code(input: {
    readonly user: GivenUser;
    readonly client: GivenClient;
    readonly scope?: string;
    readonly parameters?: Record<string, string>;
    readonly agent?: Agent;
  }): Promise<CodeRun>;
  /** Tokens from a whole code flow. */
  tokens(input: {
    readonly user: GivenUser;
    readonly client: GivenClient;
    readonly scope?: string;
    readonly agent?: Agent;
    readonly parameters?: Record<string, string>;
  }): Promise<TokenResponse & { readonly agent: Agent }>;
  /** Tokens of a person by the password grant, with the first-party client. */
  passwordTokens(user: GivenUser, scopes?: readonly string[]): Promise<TokenResponse>;
}

export const CALLBACK = 'https://app.example/callback';
const DEFAULT_GRANTS: readonly GrantType[] = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
];

let serial = 0;

export function createGiven(url: string, context: Context): Given {
  const given: Given = {
    async user(wish = {}) {
      serial += 1;
      const name = wish.username ?? `person${serial}_${randomBytes(3).toString('hex')}`;
      const password = wish.password ?? `Pw-${randomBytes(9).toString('base64url')}-1!`;
      const id = context.random.uuid() as UserId;
      const added = await context.store.users.add({
        id,
        username: name,
        email: wish.email ?? `${name}@example.com`,
        passwordHash: await context.passwords.hash(password),
        isActive: wish.isActive ?? true,
        isVerified: wish.isVerified ?? true,
        isAdmin: wish.isAdmin ?? false,
        requiresPasswordChange: wish.requiresPasswordChange ?? false,
        profile: wish.profile ?? {},
        createdAt: context.clock.now(),
      });
      if (added !== 'added') throw new Error(`user ${name}: ${JSON.stringify(added)}`);
      const user = await context.store.users.find(id);
      if (!user) throw new Error('the user was not stored');
      return { user, password };
    },
    async client(wish = {}) {
      const secret = wish.type === 'public' ? '' : `cs_${randomBytes(32).toString('base64url')}`;
      const clientId = (wish.clientId ?? `client_${randomBytes(16).toString('base64url')}`) as ClientId;
      const now = context.clock.now();
      const added = await context.store.clients.add(
        newClient({
          id: context.random.uuid(),
          name: 'Test application',
          type: 'confidential',
          redirectUris: [CALLBACK],
          postLogoutRedirectUris: ['https://app.example/bye'],
          grantTypes: DEFAULT_GRANTS,
          scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
          // Strict, so that a test says what it loosens.
          pkce: 'required',
          authMethod: wish.type === 'public' ? 'none' : 'client_secret_basic',
          createdAt: now,
          ...wish,
          clientId,
          secrets:
            secret === ''
              ? []
              : [{ id: context.random.uuid(), hash: context.hashing.tokenHash(secret), createdAt: now }],
        }),
      );
      if (!added) throw new Error(`client ${clientId} exists`);
      const client = await context.store.clients.find(clientId);
      if (!client) throw new Error('the client was not stored');
      const basic = {
        authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`,
      };
      return { client, clientId, secret, basic: secret === '' ? {} : basic };
    },
    async scope(name, wish = {}) {
      await context.store.scopes.add({
        id: context.random.uuid(),
        name,
        description: wish.description ?? `The scope ${name}`,
        isDefault: wish.isDefault ?? false,
        isActive: true,
        isSystem: false,
        createdAt: context.clock.now(),
      });
    },
    async resource(identifier, wish = {}) {
      for (const scope of wish.scopes ?? []) await given.scope(scope);
      const id = context.random.uuid();
      const blank = { name: 'An API', scopes: [], defaultScopes: [], isOpen: false, clients: [], isActive: true };
      const added = await context.store.resources.add({
        ...blank,
        ...wish,
        id,
        identifier,
        createdAt: context.clock.now(),
      });
      const resource = await context.store.resources.find(id);
      if (!added || !resource) throw new Error(`resource ${identifier} exists`);
      return resource;
    },
    async signedIn({ user }) {
      const agent = createAgent(url);
      const { secret } = await startSession({ user, origin: { ip: '127.0.0.1', userAgent: 'test agent' } }, context);
      agent.cookies.set(cookieName('session', context.settings), secret);
      return agent;
    },
    async code({ user, client, scope = 'openid profile email offline_access', parameters = {}, agent: known }) {
      const agent = known ?? (await given.signedIn(user));
      const verifier = randomBytes(32).toString('base64url');
      const asked = {
        response_type: 'code',
        client_id: client.clientId,
        redirect_uri: CALLBACK,
        scope,
        state: 'some state',
        code_challenge: context.hashing.sha256(verifier).toString('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      };
      const first = await agent.follow(await agent.get(authorizeUrl(url, asked)));
      const done = await consentWherever(agent, first);
      const code = done.location === undefined ? null : new URL(done.location).searchParams.get('code');
      if (code === null)
        throw new Error(
          `no code: ${done.status} ${
            done.location ??
            done.body
              .replaceAll(/<[^>]+>/g, ' ')
              .replaceAll(/\s+/g, ' ')
              .slice(0, 400)
          }`,
        );
      return { code, verifier, redirectUri: asked.redirect_uri, agent };
    },
    async tokens(input) {
      const run = await given.code(input);
      const response = await redeem(url, input.client, run);
      if (!response.ok) throw new Error(`redeeming the code: ${response.status} ${await response.text()}`);
      return { ...((await response.json()) as TokenResponse), agent: run.agent };
    },
    async passwordTokens({ user, password }, scopes = ['openid', 'profile', 'email']) {
      const response = await fetch(`${url}/api/v1/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'password',
          username: user.username,
          password,
          scope: formatScope(scopes),
        }),
      });
      if (!response.ok) throw new Error(`password grant: ${response.status} ${await response.text()}`);
      return (await response.json()) as TokenResponse;
    },
  };
  return given;
}

/** The address of an authorization request. */
export function authorizeUrl(url: string, parameters: Record<string, string>): string {
  return `${url}/api/v1/oauth/authorize?${new URLSearchParams(parameters).toString()}`;
}

/** Redeems a code as its client. */
export function redeem(
  url: string,
  client: GivenClient,
  run: Pick<CodeRun, 'code' | 'verifier' | 'redirectUri'>,
  changes: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/api/v1/oauth/token`, {
    method: 'POST',
    headers: client.basic,
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: run.code,
      redirect_uri: run.redirectUri,
      code_verifier: run.verifier,
      ...(client.secret === '' ? { client_id: client.clientId } : {}),
      ...changes,
    }),
  });
}

/** Uses a refresh token as its client. */
export function refreshWith(
  url: string,
  client: GivenClient,
  refreshToken: string,
  changes: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/api/v1/oauth/token`, {
    method: 'POST',
    headers: client.basic,
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      ...(client.secret === '' ? { client_id: client.clientId } : {}),
      ...changes,
    }),
  });
}

async function consentWherever(agent: Agent, page: Page): Promise<Page> {
  return page.body.includes('id="consent-form"') ? agent.submit(page, 'consent-form', { decision: 'allow' }) : page;
}
