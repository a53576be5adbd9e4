/** All profiles together: those written by hand win over those that the program wrote. */
import { join } from 'node:path';
import { ConfigurationError } from '../errors/credential-errors.js';
import { readConfigFile, type ConfigFile } from './config-file.js';
import { isProfileName, type Profile } from './profile.js';
import { changeProfileFile, readProfileFile, type ProfileFile } from './profile-file.js';

/** Where the profiles are. */
export interface ProfilePaths {
  readonly configFile: string;
  readonly profileFile: string;
}

/** Reads and changes profiles. */
export interface ProfileBook {
  readonly paths: ProfilePaths;
  config(): Promise<ConfigFile>;
  /** The profile with the defaults filled in; `undefined` when nobody has configured it. */
  find(name: string): Promise<Profile | undefined>;
  list(): Promise<readonly { readonly profile: Profile; readonly source: 'config.toml' | 'profiles.json' }[]>;
  /** The profile that was switched to, else the one that the configuration names. */
  active(): Promise<string | undefined>;
  save(profile: Profile): Promise<void>;
  activate(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Opens the profiles of a directory; nothing is read before it is needed. */
export function openProfileBook(configDir: string, configFile?: string): ProfileBook {
  const paths = {
    configFile: configFile ?? join(configDir, 'config.toml'),
    profileFile: join(configDir, 'profiles.json'),
  };
  let config: Promise<ConfigFile> | undefined;
  const readConfig = () => {
    config ??= readConfigFile(paths.configFile);
    return config;
  };
  const change = (edit: (file: ProfileFile) => ProfileFile) => changeProfileFile(paths.profileFile, edit);

  return {
    paths,
    config: readConfig,
    find: async (name) => {
      const { defaults, profiles } = await readConfig();
      const written = readProfileFile(paths.profileFile).profiles.get(name);
      const byHand = profiles.get(name);
      if (!written && !byHand) return undefined;
      return merged(defaults, merged(written, byHand), name);
    },
    list: async () => {
      const { defaults, profiles } = await readConfig();
      const written = readProfileFile(paths.profileFile).profiles;
      return [...new Set([...profiles.keys(), ...written.keys()])].sort().map((name) => ({
        profile: merged(defaults, merged(written.get(name), profiles.get(name)), name),
        source: profiles.has(name) ? 'config.toml' : 'profiles.json',
      }));
    },
    active: async () => readProfileFile(paths.profileFile).active ?? (await readConfig()).activeProfile,
    save: async (profile) => {
      checkName(profile.name);
      await change((file) => ({ ...file, profiles: new Map(file.profiles).set(profile.name, profile) }));
    },
    activate: (name) => change((file) => ({ ...file, active: name })),
    remove: async (name) => {
      if ((await readConfig()).profiles.has(name)) throw writtenByHand(name, paths.configFile);
      await change((file) => {
        const profiles = new Map(file.profiles);
        profiles.delete(name);
        return { active: file.active === name ? undefined : file.active, profiles };
      });
    },
  };
}

/** The error for a profile that nobody has configured. */
export function profileNotFound(name: string): ConfigurationError {
  return new ConfigurationError({
    code: 'profile_not_found',
    message: `There is no profile "${isProfileName(name) ? name : '?'}".`,
    reason: 'It stands neither in config.toml nor among the configured profiles.',
    hint: 'List the profiles, or configure this one.',
  });
}

/** The second wins, field by field. */
function merged(base: Profile | undefined, over: Profile | undefined, name = over?.name ?? base?.name ?? ''): Profile {
  const set = Object.fromEntries(Object.entries(over ?? {}).filter(([, value]) => value !== undefined));
  return { ...base, ...set, name };
}

function checkName(name: string): void {
  if (isProfileName(name)) return;
  throw new ConfigurationError({
    message: 'The name of the profile cannot be used.',
    reason: 'A name has up to 64 letters, digits, dots, dashes, underscores or @, and starts with a letter or a digit.',
    hint: 'Choose another name.',
  });
}

function writtenByHand(name: string, path: string): ConfigurationError {
  return new ConfigurationError({
    message: `The profile "${name}" is written in ${path}.`,
    reason: 'This program never changes a file that was written by hand.',
    hint: 'Delete it there with an editor.',
  });
}
