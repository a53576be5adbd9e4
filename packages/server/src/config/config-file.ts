import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { ConfigurationProblem } from './configuration-error.js';
import { nearest } from './nearest.js';
import type { RawValue } from './parse-value.js';
import { SETTINGS } from './settings.js';

/** What authly.toml says, by setting name. */
export interface ConfigFile {
  /** `undefined` when there is none. */
  readonly path?: string;
  readonly values: ReadonlyMap<string, RawValue>;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Reads the file that was named, or else the first that exists of ./authly.toml and authly.toml in AUTHLY_HOME.
 * A file that was named must exist.
 */
export async function readConfigFile(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ConfigFile> {
  if (named !== undefined) {
    const text = await readText(named);
    if (text instanceof Error) return failed(named, `cannot be read (${codeOf(text)}): name a file that exists`);
    return interpret(named, text);
  }
  for (const path of ['authly.toml', join(authlyHome(environment), 'authly.toml')]) {
    const text = await readText(path);
    if (typeof text === 'string') return interpret(path, text);
    if (codeOf(text) !== 'ENOENT')
      return failed(path, `cannot be read (${codeOf(text)}): make it readable or remove it`);
  }
  return { values: new Map(), problems: [] };
}

/** Where everything of this person is kept unless said otherwise. */
export function authlyHome(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['AUTHLY_HOME'] || join(homedir(), '.authly');
}

async function readText(path: string): Promise<string | Error> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function interpret(path: string, text: string): ConfigFile {
  const tree = parseToml(text);
  if (typeof tree === 'string') return failed(path, tree);
  const values = new Map<string, RawValue>();
  const problems: ConfigurationProblem[] = [];
  for (const [name, value] of flatten(tree, '')) {
    if (!Object.hasOwn(SETTINGS, name)) problems.push({ where: `${path}: ${name}`, what: unknownKey(name) });
    else if (isRawValue(value)) values.set(name, value);
    else
      problems.push({ where: `${path}: ${name}`, what: 'must be text, a number, true or false, or a list of texts' });
  }
  return { path, values, problems };
}

function parseToml(text: string): Record<string, unknown> | string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line of the message; the rest quotes the file, which may hold secrets.
    return `is not valid TOML at line ${error.line}, column ${error.column}: ${error.message.split('\n')[0]}`;
  }
}

function* flatten(tree: Record<string, unknown>, prefix: string): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(tree)) {
    const name = `${prefix}${key}`;
    if (isTable(value)) yield* flatten(value, `${name}.`);
    else yield [name, value];
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isRawValue(value: unknown): value is RawValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string' || typeof item === 'number');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function unknownKey(name: string): string {
  const meant = nearest(name, Object.keys(SETTINGS));
  return meant === undefined ? 'is not a setting: remove it' : `is not a setting: did you mean ${meant}?`;
}

function failed(path: string, what: string): ConfigFile {
  return { path, values: new Map(), problems: [{ where: path, what }] };
}
