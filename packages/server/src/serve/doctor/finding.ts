/** What the doctor can find: the rule, and one place where it was found. */
export const RULES = {
  configuration: 'The configuration must be complete and readable, or the server does not start.',
  'weak-configuration': 'Settings that let the server start, and that somebody should know of.',
  'not-production': 'Only the production mode refuses weak secrets and plain http.',
  'admin-reachable': 'The admin API should answer this machine alone, or be kept from the outside by a proxy.',
  'metrics-reachable': 'Metrics tell how a server is used, and are nobody else’s business.',
  'password-grant': 'Applications that take passwords themselves can keep them. (OAuth 2.1 §2.4)',
  'open-introspection': 'Whoever may ask what a token is worth can try tokens out.',
  'hand-made-tokens': 'Tokens that are signed by hand with the master key are for tests.',
  'open-resources': 'Tokens should be for APIs that somebody registered.',
  'open-registration': 'Clients that anybody can register are for tests and for directories.',
  'no-mail': 'People cannot be told of changes to their account.',
  'plain-database': 'What goes to the database over a network must be encrypted.',
  'plain-redis': 'What goes to Redis over a network must be encrypted and need a password.',
  'readable-secret': 'A file with a secret must be readable by its owner alone.',
  'foreign-secrets': 'The secrets must be those that the database was filled with.',
  'database-away': 'The database must be reachable.',
  'schema-behind': 'The schema must be the one of this version.',
  'database-superuser': 'The role of the server needs its own tables and nothing else.',
  'too-few-connections': 'All servers together must find connections enough.',
  'lost-writes': 'What was answered must be stored: PostgreSQL must wait for the disk.',
  'wrong-clock': 'Tokens have times: the clocks of server and database must agree.',
  'no-administrator': 'Somebody must be able to administer.',
  'known-password': 'A password that everybody tries first is no password.',
  'no-second-factor': 'An administrator’s password alone should not be enough.',
  'client-without-pkce': 'Without PKCE a stolen code can be used by the thief. (RFC 9700 §2.1.1)',
  'client-on-plain-http': 'A code that is sent over plain http can be read on its way. (OAuth 2.1 §1.5)',
  'jobs-given-up': 'Mail and logout messages that never arrived.',
  'server-away': 'The server must answer at its issuer.',
  'issuer-mismatch': 'The server must say the issuer that clients know. (RFC 8414 §3.3)',
} as const;

export type RuleId = keyof typeof RULES;

export interface Finding {
  readonly rule: RuleId;
  /** error: broken, or open to others. warning: should be changed. note: should be known. */
  readonly level: 'error' | 'warning' | 'note';
  /** What is so. Never holds a secret. */
  readonly what: string;
  /** What to do about it. */
  readonly mend: string;
}
