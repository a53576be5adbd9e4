import { readFileSync } from 'node:fs';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import { nearest } from './nearest.js';
import { settings } from './settings.js';

/** What config.toml says, by `section.key`, and what in it nobody knows. The file is never written. */
export interface ConfigFile {
  readonly path: string;
  readonly exists: boolean;
  readonly values: ReadonlyMap<string, unknown>;
  readonly warnings: readonly string[];
}

/**
 * Reads the configuration file. A missing one is empty, unless it was asked for by name.
 * @throws CliError when it cannot be read or is not TOML.
 */
export async function readConfigFile(
  path: string,
  { mustExist }: { readonly mustExist: boolean },
): Promise<ConfigFile> {
  const text = read(path, mustExist);
  if (text === undefined) return { path, exists: false, values: new Map(), warnings: [] };
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { path, exists: true, ...flatten(parse(text), path) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new CliError({
      message: `The configuration file ${path} cannot be understood`,
      reason: `Line ${cause.line}, column ${cause.column}: ${(cause.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')}.`,
      hint: 'Correct the file, or use another one with --config.',
      code: 'config_invalid',
      exitCode: EXIT.validation,
    });
  }
}

// The second half belongs to logins; @authly/client reads it.
const KNOWN: readonly string[] = [
  ...Object.values(settings).map(({ file }) => file),
  'active_profile',
  ...['issuer', 'client_id', 'method', 'scopes', 'resource', 'callback_port'].map((key) => `auth.${key}`),
];

function read(path: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' && !mustExist) return undefined;
    throw new CliError({
      message: `The configuration file ${path} cannot be read`,
      reason: code === 'ENOENT' ? 'There is no such file.' : `The system says ${String(code)}.`,
      hint: 'Check the path that --config names, and the permissions of the file.',
      code: 'config_invalid',
      exitCode: EXIT.validation,
      cause,
    });
  }
}

function flatten(parsed: Readonly<Record<string, unknown>>, path: string): Pick<ConfigFile, 'values' | 'warnings'> {
  const entries = Object.entries(parsed).flatMap(([section, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) && !(inner instanceof Date)
      ? Object.entries(inner).map(([key, value]) => [`${section}.${key}`, value] as const)
      : [[section, inner] as const],
  );
  const known = entries.filter(([key]) => KNOWN.includes(key));
  const unknown = entries.filter(([key]) => !KNOWN.includes(key) && !key.startsWith('profiles.'));
  return { values: new Map(known), warnings: unknown.map(([key]) => unknownKey(key, path)) };
}

function unknownKey(key: string, path: string): string {
  const meant = nearest(key, KNOWN);
  return `${path}: unknown key "${key}"${meant ? `; did you mean "${meant}"?` : ` is ignored`}`;
}
