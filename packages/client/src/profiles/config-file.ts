/** `config.toml`: written by hand, read by the program, never written by it. */
import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../errors/credential-errors.js';
import { codeOf } from '../store/atomic-file.js';
import { readProfile, type Profile } from './profile.js';

/** What the file says. */
export interface ConfigFile {
  readonly activeProfile?: string;
  /** `[api]` and `[auth]`: what profiles leave out. */
  readonly defaults: Profile;
  readonly timeoutMs?: number;
  readonly tokenFile?: string;
  readonly storage?: 'auto' | 'keyring' | 'file' | 'memory';
  readonly profiles: ReadonlyMap<string, Profile>;
}

/** Reads the file; a missing one is empty, a wrong one is a ConfigurationError that names the line or the field. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { defaults: { name: '' }, profiles: new Map() };
    throw wrong(path, `It cannot be read (${codeOf(error) ?? 'unknown'}).`);
  }
  return parseConfigFile(text, path);
}

/** Reads the text of the file. Unknown tables are left to the program that embeds this package. */
export async function parseConfigFile(text: string, path: string): Promise<ConfigFile> {
  const file = await parseToml(text, path);
  const api = tableOf(file.api);
  const auth = tableOf(file.auth);
  const defaults = checked(readProfile('', { ...auth, ...(api.url !== undefined && { api_url: api.url }) }), path);
  const profiles = Object.entries(tableOf(file.profiles)).map(
    ([name, value]) => [name, checked(readProfile(name, value), path)] as const,
  );
  return {
    activeProfile: textOf(file.active_profile),
    defaults,
    timeoutMs: typeof api.timeout === 'number' && api.timeout > 0 ? api.timeout * 1000 : undefined,
    tokenFile: textOf(auth.token_file),
    storage: storages.find((kind) => kind === auth.storage),
    profiles: new Map(profiles),
  };
}

const storages = ['auto', 'keyring', 'file', 'memory'] as const;

async function parseToml(text: string, path: string): Promise<Record<string, unknown>> {
  // Loaded only when there is a file: most programs run without one.
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    throw wrong(path, error instanceof TomlError ? `Line ${error.line} is not TOML.` : 'It is not TOML.');
  }
}

function checked(profile: Profile | { readonly wrong: string }, path: string): Profile {
  if ('wrong' in profile) throw wrong(path, `The value of ${profile.wrong.replace(/^\./, '')} cannot be used.`);
  return profile;
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function wrong(path: string, reason: string): ConfigurationError {
  return new ConfigurationError({
    message: `The configuration file ${path} cannot be used.`,
    reason,
    hint: 'Correct the file and try again.',
  });
}
