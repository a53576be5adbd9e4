import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRET_PREFIX } from '@authly/oauth';
import { StartError } from './start-error.js';

/** The secrets that an embedded server generates at its first start and reads again at the next. */
export interface GeneratedSecrets {
  readonly jwt_secret_key: string;
  readonly jwt_refresh_secret_key: string;
  readonly demo_client_secret: string;
}

/** Secrets for one run: nothing outlives an ephemeral server. */
export function generateSecrets(): GeneratedSecrets {
  return {
    jwt_secret_key: randomSecret(),
    jwt_refresh_secret_key: randomSecret(),
    demo_client_secret: `${SECRET_PREFIX.clientSecret}${randomSecret()}`,
  };
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Reads secrets.json of the data directory, which only its owner can read; the first start writes it. */
export async function keptSecrets(dataDirectory: string): Promise<GeneratedSecrets> {
  const path = join(dataDirectory, 'secrets.json');
  const kept = await readSecrets(path);
  if (kept !== undefined) return kept;
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(generateSecrets(), undefined, 2)}\n`, { mode: 0o600, flush: true });
  try {
    // Takes its name only when it is whole, and never takes the place of secrets that another start wrote meanwhile.
    await link(unfinished, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(unfinished);
  }
  const written = await readSecrets(path);
  if (written === undefined) throw new Error(`${path} disappeared`);
  return written;
}

async function readSecrets(path: string): Promise<GeneratedSecrets | undefined> {
  try {
    const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    if ((mode & 0o077) !== 0) await chmod(path, 0o600);
    return parseSecrets(text, path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseSecrets(text: string, path: string): GeneratedSecrets {
  const names = ['jwt_secret_key', 'jwt_refresh_secret_key', 'demo_client_secret'] as const;
  const value = parseJson(text);
  const found = names.map((name) => value?.[name]);
  const [first, second, third] = found;
  if (typeof first === 'string' && typeof second === 'string' && typeof third === 'string') {
    return { jwt_secret_key: first, jwt_refresh_secret_key: second, demo_client_secret: third };
  }
  throw new StartError(
    `The secrets of this data directory cannot be read: ${path}`,
    `It must be JSON with ${names.join(', ')}.`,
    'Restore it from a backup: without it the signing keys in the database stay closed.',
  );
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
