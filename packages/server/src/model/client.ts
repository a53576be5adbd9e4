import {
  type ClientAuthMethod,
  type ClientId,
  type ClientMetadata,
  defaultClientMetadata,
  type SigningAlgorithm,
  type TokenHash,
} from '@authly/oauth';

export type { SigningAlgorithm };

/** One of the secrets of a client. Two can be valid at once while one is being replaced. */
export interface ClientSecret {
  readonly id: string;
  readonly hash: TokenHash;
  readonly createdAt: Date;
  /** `undefined` while it has no end. */
  readonly expiresAt?: Date;
}

/** Who made a client: an administrator, the client itself by registering, or whoever publishes the document that its id points to. */
export type ClientOrigin = 'admin' | 'registered' | 'document';

/**
 * An application that asks for tokens: what the server knows of it, and its metadata, which the table CLIENT_METADATA declares.
 * @spec RFC 6749 §2
 */
export interface Client extends ClientMetadata {
  readonly id: string;
  readonly clientId: ClientId;
  readonly type: 'confidential' | 'public';
  readonly isActive: boolean;
  readonly origin: ClientOrigin;
  /** Of a client that made itself: about when. */
  readonly lastUsedAt?: Date;
  readonly isSystem: boolean;
  /** Ours: it may do for a person what our own pages do. */
  readonly isFirstParty: boolean;
  readonly secrets: readonly ClientSecret[];
  readonly scopes: readonly string[];
  /** Names the content of its logo, once that was fetched from `logoUri`. */
  readonly logoVersion?: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

/** What a client wants its tokens to be signed with, as far as it says. */
export function signingAlgorithmsOf(
  client: Partial<Pick<Client, 'idTokenAlg' | 'userinfoAlg' | 'accessTokenAlg'>>,
): SigningAlgorithm[] {
  return [client.idTokenAlg, client.userinfoAlg, client.accessTokenAlg].filter((name) => name !== undefined);
}

/** A client before it is stored for the first time. */
export type NewClient = Omit<Client, 'version' | 'updatedAt'>;

/** A client with the given properties; the rest is what a client has that says nothing about it. */
export function newClient(
  wish: Pick<NewClient, 'id' | 'clientId' | 'name' | 'type' | 'createdAt'> & Partial<NewClient>,
): NewClient {
  const said = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as typeof wish;
  return {
    isActive: true,
    origin: 'admin',
    isSystem: false,
    isFirstParty: false,
    secrets: [],
    scopes: [],
    ...defaultClientMetadata(wish.type),
    ...said,
  };
}

/** Whether nobody here has looked at it: it gets what strangers get. */
export function isStranger({ origin }: Pick<Client, 'origin'>): boolean {
  return origin !== 'admin';
}

/** How a client may prove itself: as it was told to, or with its secret in the header or in the form. */
export function authMethodsOf({ type, authMethod }: Pick<Client, 'type' | 'authMethod'>): readonly ClientAuthMethod[] {
  if (authMethod !== undefined) return [authMethod];
  return type === 'public' ? ['none'] : ['client_secret_basic', 'client_secret_post'];
}
