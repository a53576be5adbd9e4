/** Which rule gave the credential, which did not, and why: so that nobody has to guess. */

/** The rules, in their order. */
export type CredentialRule =
  | 'explicit'
  | 'explicit_profile'
  | 'env_token'
  | 'env_api_key'
  | 'env_client_credentials'
  | 'env_profile'
  | 'active_profile'
  | 'default_profile';

/** One rule and what became of it. */
export interface ConsideredRule {
  readonly rule: CredentialRule;
  /** The variable, option or profile behind the rule, for example `MY_APP_TOKEN`. */
  readonly source: string;
  /** `used`: the winner. `absent`: not set. `overridden`: set, and a rule before it won. `excluded`: set, and the method is pinned to another. */
  readonly outcome: 'used' | 'absent' | 'overridden' | 'excluded';
}

/** What `describe()` answers. */
export interface CredentialDescription {
  readonly winner: ConsideredRule | undefined;
  readonly considered: readonly ConsideredRule[];
}
