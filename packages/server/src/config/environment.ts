import { readFileSync } from 'node:fs';
import type { ConfigurationProblem } from './configuration-error.js';
import { nearest } from './nearest.js';
import type { RawValue } from './parse-value.js';
import type { SettingDeclaration } from './setting.js';
import { SETTINGS } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting as the environment gives it. */
export interface FromEnvironment {
  readonly variable: string;
  readonly raw: RawValue;
}

/** Looks up one setting: its variables in order, `<NAME>_FILE` for secrets, then the older variables in other units. */
export function fromEnvironment(
  declaration: SettingDeclaration<unknown>,
  environment: Environment,
): FromEnvironment | ConfigurationProblem | undefined {
  for (const variable of declaration.env) {
    const raw = valueOf(environment, variable);
    const file = declaration.secret === true ? valueOf(environment, `${variable}_FILE`) : undefined;
    if (raw !== undefined && file !== undefined) {
      return { where: `${variable} and ${variable}_FILE`, what: 'are both set: set only one' };
    }
    if (file !== undefined) return fromFile(`${variable}_FILE`, file);
    if (raw !== undefined) return { variable, raw };
  }
  for (const { env, factor } of declaration.alsoFrom ?? []) {
    const raw = valueOf(environment, env);
    // What is not a number stays as it is, and is refused by its own name.
    if (raw !== undefined) return { variable: env, raw: /^\d+(?:\.\d+)?$/.test(raw) ? Number(raw) * factor : raw };
  }
  return undefined;
}

/** Variables that look like a slip of the pen: nobody would notice that they do nothing. */
export function findMisspelt(environment: Environment): readonly ConfigurationProblem[] {
  const known = knownVariables();
  return Object.keys(environment)
    .filter((name) => name.startsWith('AUTHLY_') && !known.has(name) && !OTHERS.has(name))
    .flatMap((name) => {
      const meant = nearest(
        name.slice(PREFIX_LENGTH),
        [...known].filter(isOurs).map((each) => each.slice(PREFIX_LENGTH)),
      );
      if (meant === undefined) return [];
      return [
        { where: name, what: `is not a variable of this server: did you mean AUTHLY_${meant}? If not, unset it` },
      ];
    });
}

/** A variable that is set to nothing counts as not set: compose files and CI systems write such lines. */
function valueOf(environment: Environment, variable: string): string | undefined {
  const value = environment[variable];
  if (value === undefined || value.trim() === '') return undefined;
  // Kubernetes sets AUTHLY_PORT=tcp://… in every pod beside a service that is called authly.
  return variable.endsWith('_PORT') && value.startsWith('tcp://') ? undefined : value;
}

function fromFile(variable: string, path: string): FromEnvironment | ConfigurationProblem {
  try {
    const raw = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return raw === '' ? { where: variable, what: 'names an empty file' } : { variable, raw };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { where: variable, what: `names a file that cannot be read (${code})` };
  }
}

const PREFIX_LENGTH = 'AUTHLY_'.length;

function isOurs(name: string): boolean {
  return name.startsWith('AUTHLY_');
}

function knownVariables(): ReadonlySet<string> {
  const declarations: readonly SettingDeclaration<unknown>[] = Object.values(SETTINGS);
  return new Set(
    declarations.flatMap(({ env, secret, alsoFrom = [] }) => [
      ...env,
      ...(secret === true ? env.map((name) => `${name}_FILE`) : []),
      ...alsoFrom.map((alias) => alias.env),
    ]),
  );
}

/** Variables of the command line, the images and older versions: right where they are read, and none of the server's. */
const OTHERS = new Set([
  'AUTHLY_HOME',
  'AUTHLY_CONFIG',
  'AUTHLY_API_URL',
  'AUTHLY_ADMIN_API_URL',
  'AUTHLY_BASE_URL',
  'AUTHLY_URL',
  'AUTHLY_TOKEN',
  'AUTHLY_API_KEY',
  'AUTHLY_PROFILE',
  'AUTHLY_CLIENT_ID',
  'AUTHLY_CLIENT_SECRET',
  'AUTHLY_STORAGE',
  'AUTHLY_NO_INPUT',
  'AUTHLY_DEBUG_HTTP',
  'AUTHLY_DEV_MODE',
  'AUTHLY_BROWSER',
  'AUTHLY_KEYRING_PASSPHRASE',
  'AUTHLY_ENV',
  'AUTHLY_ENVIRONMENT',
  'AUTHLY_VERSION',
  'AUTHLY_DOMAIN',
  'AUTHLY_USERNAME',
  'AUTHLY_PASSWORD',
  'AUTHLY_SCOPE',
  'AUTHLY_BACKUP_PASSPHRASE',
  'AUTHLY_BACKUP_PASSPHRASE_FILE',
]);
