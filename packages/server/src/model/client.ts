import type { ClientAuthMethod, ClientId, RegisteredGrant, TokenHash } from '@authly/oauth';

export type SigningAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

/** One of the secrets of a client. Two can be valid at once while one is being replaced. */
export interface ClientSecret {
  readonly id: string;
  readonly hash: TokenHash;
  readonly createdAt: Date;
  /** `undefined` while it has no end. */
  readonly expiresAt?: Date;
}

/** An application that asks for tokens. @spec RFC 6749 §2, OpenID Connect Registration §2 */
export interface Client {
  readonly id: string;
  readonly clientId: ClientId;
  readonly name: string;
  readonly type: 'confidential' | 'public';
  readonly isActive: boolean;
  readonly isSystem: boolean;
  readonly isFirstParty: boolean;
  readonly secrets: readonly ClientSecret[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly grantTypes: readonly RegisteredGrant[];
  readonly responseTypes: readonly 'code'[];
  readonly scopes: readonly string[];
  readonly requirePkce: boolean;
  readonly authMethod: ClientAuthMethod;
  readonly authSigningAlg?: string;
  readonly jwks?: { readonly keys: readonly Record<string, unknown>[] };
  readonly jwksUri?: string;
  readonly clientUri?: string;
  readonly logoUri?: string;
  readonly tosUri?: string;
  readonly policyUri?: string;
  readonly softwareId?: string;
  readonly softwareVersion?: string;
  readonly contacts: readonly string[];
  readonly idTokenAlg: SigningAlgorithm;
  readonly userinfoAlg?: SigningAlgorithm;
  readonly accessTokenAlg?: SigningAlgorithm;
  readonly subjectType: 'public' | 'pairwise';
  readonly sectorIdentifierUri?: string;
  readonly requireAuthTime: boolean;
  /** Seconds. */
  readonly defaultMaxAge?: number;
  readonly initiateLoginUri?: string;
  readonly requestUris: readonly string[];
  readonly applicationType: 'web' | 'native';
  /** Seconds; the server's setting when absent. */
  readonly accessTokenLifetime?: number;
  readonly refreshTokenLifetime?: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}
