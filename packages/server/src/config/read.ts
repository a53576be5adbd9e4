import { type ConfigurationProblem, ConfigurationError } from './configuration-error.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { crossCheck, type Draft } from './cross-checks.js';
import { type Environment, fromEnvironment, findMisspelt } from './environment.js';
import { parseValue, type RawValue } from './parse-value.js';
import type { Mode, SettingDeclaration } from './setting.js';
import { SETTINGS, type SettingName, type Settings } from './settings.js';

export interface ConfigurationSources {
  /** What the command line said, by setting; wins over everything. */
  readonly flags?: Partial<Readonly<Record<SettingName, RawValue>>>;
  readonly environment: Environment;
  /** The file that --config named. */
  readonly configFile?: string;
  /** `always`: the server brings a database and secrets of its own. `if-needed`: in embedded mode without a database. */
  readonly embedded?: 'always' | 'if-needed';
  /** More that can be wrong, known elsewhere. */
  readonly moreChecks?: (settings: Draft) => readonly ConfigurationProblem[];
}

export interface Configuration {
  readonly settings: ConfiguredSettings;
  readonly warnings: readonly ConfigurationProblem[];
  /** Set by someone, and not a default. */
  readonly given: ReadonlySet<SettingName>;
  /** The server has to start a database of its own. */
  readonly embedded: boolean;
  readonly file?: string;
}

/** The issuer of an embedded server may follow from where it listens. */
export type ConfiguredSettings = Omit<Settings, 'issuer'> & { readonly issuer: string | undefined };

/**
 * Reads every setting: flags, then environment, then authly.toml, then the mode's default, then the default.
 * @throws ConfigurationError with all problems at once.
 */
export async function readConfiguration(sources: ConfigurationSources): Promise<Configuration> {
  const { environment } = sources;
  const file = await readConfigFile(sources.configFile ?? environment['AUTHLY_CONFIG'], environment);
  const problems: ConfigurationProblem[] = [...file.problems, ...findMisspelt(environment)];
  const given = new Map<SettingName, unknown>();
  for (const name of settingNames()) {
    const found = lookUp(name, sources, file);
    if (found === undefined) continue;
    if ('what' in found) problems.push(found);
    else given.set(name, found.value);
  }
  const mode = sources.embedded === 'always' ? 'embedded' : modeOf(given);
  const embedded =
    sources.embedded === 'always' ||
    (sources.embedded !== undefined && mode === 'embedded' && !given.has('database.url'));
  const draft = withDefaults(given, mode);
  const findings = crossCheck(draft, { bringsOwnDatabase: embedded });
  problems.push(...findings.problems, ...(sources.moreChecks?.(draft) ?? []));
  if (problems.length > 0) throw new ConfigurationError(withoutRepeats(problems));
  return {
    settings: draft as ConfiguredSettings,
    warnings: findings.warnings,
    given: new Set(given.keys()),
    embedded,
    file: file.path,
  };
}

/**
 * The database alone, for the command that only migrates it: nothing else need be set for that.
 * @throws ConfigurationError when it is missing or wrong.
 */
export async function readDatabaseUrl(sources: ConfigurationSources): Promise<string> {
  const file = await readConfigFile(sources.configFile ?? sources.environment['AUTHLY_CONFIG'], sources.environment);
  const found = lookUp('database.direct_url', sources, file) ?? lookUp('database.url', sources, file);
  if (found === undefined) {
    throw new ConfigurationError([
      ...file.problems,
      { where: 'DATABASE_URL', what: 'is not set: set it to a PostgreSQL connection string, or give --database-url' },
    ]);
  }
  if ('what' in found) throw new ConfigurationError([...file.problems, found]);
  return String(found.value);
}

function settingNames(): readonly SettingName[] {
  return Object.keys(SETTINGS) as SettingName[];
}

function lookUp(
  name: SettingName,
  sources: ConfigurationSources,
  file: ConfigFile,
): { readonly value: unknown } | ConfigurationProblem | undefined {
  const declaration: SettingDeclaration<unknown> = SETTINGS[name];
  const flag = sources.flags?.[name];
  if (flag !== undefined) return check(`--${name.split('.').at(-1)?.replaceAll('_', '-')}`, flag, declaration);
  const variable = fromEnvironment(declaration, sources.environment);
  if (variable !== undefined)
    return 'what' in variable ? variable : check(variable.variable, variable.raw, declaration);
  const written = file.values.get(name);
  return written === undefined ? undefined : check(`${file.path}: ${name}`, written, declaration);
}

function check(
  where: string,
  raw: RawValue,
  declaration: SettingDeclaration<unknown>,
): { readonly value: unknown } | ConfigurationProblem {
  const parsed = parseValue(raw, declaration);
  if ('value' in parsed) return parsed;
  // A bad value is shown, because it helps to find it; a secret never is.
  const shown = declaration.secret === true ? '' : ` (it is ${JSON.stringify(raw)})`;
  return { where, what: `${parsed.problem}${shown}` };
}

/** The standalone image has the defaults of an embedded server, whatever brings its database. @spec surface §0.4–0.7 */
function modeOf(given: ReadonlyMap<SettingName, unknown>): Mode {
  const said = given.get('mode') as Mode | undefined;
  return said ?? (given.get('standalone') === true ? 'embedded' : SETTINGS.mode.default);
}

function withDefaults(given: ReadonlyMap<SettingName, unknown>, mode: Mode): Draft {
  const defaultsOf: Mode = given.get('standalone') === true ? 'embedded' : mode;
  const entries = settingNames().map((name) => {
    const { defaultIn, default: everywhere }: SettingDeclaration<unknown> = SETTINGS[name];
    const usual = defaultIn !== undefined && defaultsOf in defaultIn ? defaultIn[defaultsOf] : everywhere;
    return [name, given.has(name) ? given.get(name) : usual];
  });
  return { ...(Object.fromEntries(entries) as Draft), mode };
}

/** A value that cannot be read is reported once, not also as missing. */
function withoutRepeats(problems: readonly ConfigurationProblem[]): ConfigurationProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ where }) => {
    const variable = where.replace(/_FILE$/, '');
    const isNew = !seen.has(variable);
    seen.add(variable);
    return isNew;
  });
}
