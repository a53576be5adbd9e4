import { join } from 'node:path';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import type { SharedValues } from '../program/shared-options.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { authlyHome, expandPath } from './home.js';
import { type Setting, type SettingName, type Settings, settings } from './settings.js';

/** Where a value came from: `--api-url`, `AUTHLY_API_URL`, `config.toml`, `last login`, `default`. */
export type Source = string;

/** Everything that was configured, with its origin. */
export interface Config {
  readonly values: Settings;
  readonly sources: Readonly<Record<SettingName, Source>>;
  /** The directory of the command line's files. */
  readonly home: string;
  readonly file: ConfigFile;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Finds every setting: flag, then environment, then file, then default.
 * @throws CliError for the first value that is not usable, naming its origin.
 */
export async function resolveConfig(shared: SharedValues, env: NodeJS.ProcessEnv): Promise<Config> {
  const home = authlyHome(env);
  const named = shared.config === undefined ? undefined : expandPath(shared.config, process.cwd(), env);
  const file = await readConfigFile(named ?? join(home, 'config.toml'), { mustExist: named !== undefined });
  return configOf({ apiUrl: shared.apiUrl, timeout: shared.timeout, output: shared.output }, { env, file, home });
}

/** The configuration of commands that talk to no server: nothing is read, so nothing in it can stop them. */
export function defaultConfig(env: NodeJS.ProcessEnv): Config {
  const home = authlyHome(env);
  const file = { path: join(home, 'config.toml'), exists: false, values: new Map<string, unknown>(), warnings: [] };
  return { ...configOf({}, { env: {}, file, home }), env };
}

function configOf(
  flags: Partial<Record<SettingName, unknown>>,
  { env, file, home }: { readonly env: NodeJS.ProcessEnv; readonly file: ConfigFile; readonly home: string },
): Config {
  const found = {
    apiUrl: find(settings.apiUrl, { flag: flags.apiUrl, env, file }),
    timeout: find(settings.timeout, { flag: flags.timeout, env, file }),
    autoRefresh: find(settings.autoRefresh, { env, file }),
    tokenFile: find(settings.tokenFile, { env, file }),
    storage: find(settings.storage, { env, file }),
    output: find(settings.output, { flag: flags.output, env, file }),
    showTimestamps: find(settings.showTimestamps, { env, file }),
  };
  // The guide's default path lies in the directory of the tool, wherever that is.
  const tokenFile =
    found.tokenFile.source === 'default' ? join(home, 'tokens.json') : expandPath(found.tokenFile.value, home, env);
  return {
    values: {
      apiUrl: found.apiUrl.value,
      timeout: found.timeout.value,
      autoRefresh: found.autoRefresh.value,
      tokenFile,
      storage: found.storage.value,
      output: found.output.value,
      showTimestamps: found.showTimestamps.value,
    },
    sources: {
      apiUrl: found.apiUrl.source,
      timeout: found.timeout.source,
      autoRefresh: found.autoRefresh.source,
      tokenFile: found.tokenFile.source,
      storage: found.storage.source,
      output: found.output.source,
      showTimestamps: found.showTimestamps.source,
    },
    home,
    file,
    env,
  };
}

interface Places {
  readonly flag?: unknown;
  readonly env: NodeJS.ProcessEnv;
  readonly file: ConfigFile;
}

function find<Value>(
  setting: Setting<Value>,
  { flag, env, file }: Places,
): { readonly value: Value; readonly source: Source } {
  const variable = setting.env.find((name) => env[name] !== undefined && env[name] !== '');
  if (flag !== undefined) return checkValue(setting, flag, setting.flag ?? 'option');
  if (variable !== undefined) return checkValue(setting, env[variable], variable);
  if (file.values.has(setting.file))
    return checkValue(setting, file.values.get(setting.file), `${file.path} (${setting.file})`);
  return { value: setting.default, source: 'default' };
}

function checkValue<Value>(setting: Setting<Value>, given: unknown, source: Source) {
  const parsed = setting.parse(given);
  if ('value' in parsed) return { value: parsed.value, source };
  throw new CliError({
    message: `${source} is not usable`,
    reason: `It is ${showValue(given)}, but it ${parsed.problem}.`,
    hint: `Correct ${source}, or leave it away: the default is ${JSON.stringify(setting.default)}.`,
    code: 'config_invalid',
    exitCode: EXIT.validation,
  });
}

// Whoever puts a password into an address must not find it in a log as well.
function showValue(given: unknown): string {
  return (JSON.stringify(given) ?? 'nothing').replace(/\/\/[^/@]*@/g, '//[secret]@');
}
