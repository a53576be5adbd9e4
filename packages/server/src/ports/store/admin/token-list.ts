import type { ClientId, GrantId, UserId } from '@authly/oauth';

export type TokenKind = 'session' | 'access' | 'refresh';

/** A browser session, an access token or a refresh token, as much of it as an administrator may see. */
export interface TokenEntry {
  readonly kind: TokenKind;
  /** The id of a session, the jti of an access token, `{grant}.{generation}` of a refresh token: never a secret or its hash. */
  readonly id: string;
  readonly userId: UserId;
  readonly grantId?: GrantId;
  readonly clientId?: ClientId;
  readonly scopes?: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastActivityAt: Date;
  /** When it was ended, revoked, used up, or lost its grant. */
  readonly endedAt?: Date;
  readonly ip?: string;
  readonly userAgent?: string;
}

export interface TokenSelection {
  readonly userId: UserId;
  readonly kinds: readonly TokenKind[];
  readonly clientId?: string;
}

export interface TokenListStore {
  /** Newest first. `activeAccess`: access tokens of the selection that work now. */
  page(
    which: TokenSelection,
    page: { readonly skip: number; readonly limit: number; readonly includeInactive: boolean; readonly now: Date },
  ): Promise<{ readonly entries: readonly TokenEntry[]; readonly total: number; readonly activeAccess: number }>;
  countActive(which: TokenSelection, now: Date): Promise<number>;
  find(id: string): Promise<TokenEntry | undefined>;
}

/** Tells whether something in the list still works. */
export function isEntryActive(entry: Pick<TokenEntry, 'endedAt' | 'expiresAt'>, now: Date): boolean {
  return entry.endedAt === undefined && entry.expiresAt > now;
}
