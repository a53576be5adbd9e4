import type { BootstrapResult, FirstAccount } from '../bootstrap/bootstrap.js';
import type { Settings } from '../config/settings.js';
import { endpointAddress } from '../protocol/endpoints/table.js';

export interface BannerFacts {
  readonly version: string;
  readonly settings: Settings;
  readonly bootstrapped: BootstrapResult;
  /** Ways to sign in that work. */
  readonly accounts: readonly FirstAccount[];
  /** Where the data lies; `undefined` when the database is someone else's. */
  readonly data?: string;
  /** What runs beside the server: a name, and how to use it. */
  readonly beside?: readonly (readonly [string, string])[];
}

/** What a person sees who has just started the server: where it is, how to sign in, and one line that gets a token. */
export function banner(facts: BannerFacts): string {
  const { settings, bootstrapped, version } = facts;
  const { issuer } = settings;
  const rows: [string, string][] = [
    ['Sign in', `${issuer}/login`],
    ...facts.accounts.map((account): [string, string] => ['', `${account.username} / ${account.password}`]),
    ['Discovery', endpointAddress('openidConfiguration', settings)],
    ['API document', `${issuer}/docs`],
    ['Health', `${issuer}/health`],
    ...(facts.beside ?? []).map(([name, value]): [string, string] => [name, value]),
    ...(facts.data === undefined ? [] : [['Data', facts.data] satisfies [string, string]]),
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(14)}${value}`);
  const curl = tokenLine(facts);
  return [
    '',
    `Authly ${version} is running at ${issuer}`,
    '',
    ...lines,
    '',
    ...(curl === undefined ? [] : ['A token, from another terminal:', '', `  ${curl}`, '']),
    ...notes(bootstrapped),
    'Stop it with Ctrl-C.',
    '',
    '',
  ].join('\n');
}

/** A generated password is shown this once, wherever the log goes: there is no other way to learn it. */
export function passwordNotice({ administrator }: BootstrapResult): string | undefined {
  if (administrator?.generatedPassword === undefined) return undefined;
  return (
    `The administrator "${administrator.username}" was created with this password, which is not shown again:\n` +
    `  ${administrator.generatedPassword}\n`
  );
}

function notes({ administrator }: BootstrapResult): string[] {
  if (administrator?.generatedPassword === undefined) return [];
  return ['The password of the administrator is not shown again: keep it, or change it after signing in.', ''];
}

function tokenLine({ settings, bootstrapped, accounts }: BannerFacts): string | undefined {
  const endpoint = endpointAddress('token', settings);
  const { demo } = bootstrapped;
  if (demo !== undefined)
    return `curl -s -u ${demo.clientId}:${demo.secret} -d grant_type=client_credentials ${endpoint}`;
  const [account] = accounts;
  if (account === undefined || !settings['password_grant.enabled']) return undefined;
  return `curl -s -d grant_type=password -d username=${account.username} --data-urlencode 'password=${account.password}' ${endpoint}`;
}
