import type { ConfigurationProblem } from './configuration-error.js';
import { HOW_TO_MAKE_A_SECRET, isWellKnownPassword, secretWeakness } from './secret-strength.js';
import { SETTINGS, type SettingName, type Settings } from './settings.js';
import { isLoopbackHost } from './value-checks.js';

/** The settings while they are being read: any may still be missing. */
export type Draft = Partial<Settings>;

export interface Findings {
  /** The server must not start. */
  readonly problems: ConfigurationProblem[];
  /** It may, but someone should know. */
  readonly warnings: ConfigurationProblem[];
}

/** What no single setting shows: what is missing, what is too weak, what does not go together. */
export function crossCheck(draft: Draft, options: { readonly bringsOwnDatabase: boolean }): Findings {
  const findings: Findings = { problems: [], warnings: [] };
  // A test server on its own machine may have the secrets of its documentation; it says so at every start.
  const lenient = draft.mode !== 'production' || draft.standalone === true ? findings.warnings : findings.problems;
  findings.problems.push(...missing(draft, options));
  lenient.push(...weakSecrets(draft), ...insecureIssuer(draft));
  // The standalone image listens for whoever reaches the container, with the password of its documentation: it has to say so.
  (draft.standalone === true ? findings.warnings : findings.problems).push(...exposedAdministrator(draft));
  findings.problems.push(...poolSizes(draft), ...mailWithoutSender(draft));
  findings.warnings.push(...unnamedProxy(draft));
  return findings;
}

const ADVICE = {
  'database.url': 'set it to a PostgreSQL connection string, or start with --embedded to try Authly out',
  issuer: 'set it to the public https URL of this server',
  'secrets.jwt_secret_key': `set it to at least 32 random characters; ${HOW_TO_MAKE_A_SECRET}`,
  'secrets.jwt_refresh_secret_key': `set it to at least 32 other random characters; ${HOW_TO_MAKE_A_SECRET}`,
} as const satisfies Partial<Record<SettingName, string>>;

const SECRETS = ['secrets.jwt_secret_key', 'secrets.jwt_refresh_secret_key'] as const satisfies readonly SettingName[];

/** An embedded server makes its secrets; one for trying out takes its issuer from where it listens. */
function missing(draft: Draft, options: { readonly bringsOwnDatabase: boolean }): ConfigurationProblem[] {
  const required: (keyof typeof ADVICE)[] = options.bringsOwnDatabase ? [] : ['database.url'];
  if (draft.mode === 'production' && draft.standalone !== true) required.push('issuer');
  if (!options.bringsOwnDatabase) required.push(...SECRETS);
  return required
    .filter((name) => draft[name] === undefined)
    .map((name) => ({ where: variableOf(name), what: `is not set: ${ADVICE[name]}` }));
}

function weakSecrets(draft: Draft): ConfigurationProblem[] {
  const weak = SECRETS.flatMap((name) => {
    const weakness = draft[name] === undefined ? undefined : secretWeakness(draft[name]);
    return weakness === undefined ? [] : [{ where: variableOf(name), what: `${weakness}: ${HOW_TO_MAKE_A_SECRET}` }];
  });
  const [first, second] = SECRETS;
  const equal = draft[first] !== undefined && draft[first] === draft[second];
  if (!equal) return weak;
  return [
    ...weak,
    { where: `${variableOf(first)} and ${variableOf(second)}`, what: `are the same: ${HOW_TO_MAKE_A_SECRET}` },
  ];
}

function insecureIssuer({ issuer }: Draft): ConfigurationProblem[] {
  if (issuer === undefined || !issuer.startsWith('http://') || isLoopbackHost(new URL(issuer).hostname)) return [];
  return [{ where: variableOf('issuer'), what: 'must start with https://: http is for this machine alone' }];
}

/** The server speaks HTTP, so an https address means that a proxy stands in front of it. */
function unnamedProxy({ issuer, trusted_proxies: proxies }: Draft): ConfigurationProblem[] {
  if (issuer === undefined || !issuer.startsWith('https://') || (proxies?.length ?? 0) > 0) return [];
  const what =
    'is not set, so every caller looks like the proxy to limits and locks: set it to the address of the proxy';
  return [{ where: variableOf('trusted_proxies'), what }];
}

/** Anyone who reaches the port would be the administrator. */
function exposedAdministrator(draft: Draft): ConfigurationProblem[] {
  const password = draft['bootstrap.admin_password'];
  if (password === undefined) return [];
  const where = variableOf('bootstrap.admin_password');
  if (isWellKnownPassword(password) && draft.host !== undefined && !isLoopbackHost(draft.host)) {
    return [
      { where, what: `is a well-known password, and ${draft.host} can be reached from elsewhere: choose another` },
    ];
  }
  const shortest = draft['passwords.min_length'] ?? SETTINGS['passwords.min_length'].default;
  if (draft.mode !== 'production' || password.length >= shortest) return [];
  return [{ where, what: `must have at least ${shortest} characters` }];
}

function poolSizes(draft: Draft): ConfigurationProblem[] {
  const least = draft['database.pool_min'] ?? 0;
  const most = draft['database.pool_max'] ?? least;
  if (least <= most) return [];
  return [{ where: variableOf('database.pool_min'), what: `must not be more than ${variableOf('database.pool_max')}` }];
}

function mailWithoutSender(draft: Draft): ConfigurationProblem[] {
  if (draft['mail.smtp_url'] === undefined || draft['mail.from'] !== undefined) return [];
  return [
    {
      where: variableOf('mail.from'),
      what: `is not set, and ${variableOf('mail.smtp_url')} is: say who mails come from`,
    },
  ];
}

function variableOf(name: SettingName): string {
  return SETTINGS[name].env[0] ?? name;
}
