export interface UserCounts {
  readonly total: number;
  readonly active: number;
  readonly admins: number;
  readonly unverified: number;
  readonly requiresPasswordChange: number;
}

export interface RegistrationCounts {
  readonly clients: number;
  readonly activeClients: number;
  readonly scopes: number;
  readonly activeScopes: number;
  readonly defaultScopes: number;
}

/** Numbers for people who look after the server. None of them reads more than an index. */
export interface StatisticsStore {
  users(): Promise<UserCounts>;
  usersSince(time: Date): Promise<number>;
  registrations(): Promise<RegistrationCounts>;
  /** Access tokens that have neither expired nor been revoked one by one; beyond 100,000 an estimate. */
  activeAccessTokens(now: Date): Promise<number>;
}
