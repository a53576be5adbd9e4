import type { ClientId, GrantId, UserId } from '@authly/oauth';

/** A login of a program that ends neither with a browser session nor with a consent. */
export interface ProgramLogin {
  readonly grantId: GrantId;
  readonly clientId: ClientId;
  readonly scopes: readonly string[];
  readonly startedAt: Date;
  /** When it last got new tokens. */
  readonly lastUsedAt: Date;
}

export interface ProgramLoginStore {
  /** Live ones, newest first. */
  listOf(userId: UserId, page: { readonly limit: number; readonly now: Date }): Promise<readonly ProgramLogin[]>;
  /** Revokes one, or all of a person. Answers how many ended. */
  end(which: { readonly userId: UserId; readonly grantId?: GrantId }, now: Date): Promise<number>;
}
