import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';

const SHORTEST_SECRET = 32;

/** A setting that has no default. */
export function needEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw explain(`${name} is not set`);
  return value;
}

export function needProxySecret(): string {
  const secret = needEnvironment('AUTHLY_PROXY_SECRET');
  if (secret.length < SHORTEST_SECRET)
    throw explain(`AUTHLY_PROXY_SECRET is too short: it needs ${SHORTEST_SECRET} characters by chance`);
  return secret;
}

/** Says what the database said where it cannot be reached or lets this role not in; other errors are passed on. */
export async function explainDatabase<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(?:E[A-Z]+|28...|3D000|42501|53300|57P0.)$/.test(code)) throw error;
    throw explain(
      `The database of DATABASE_URL cannot be used: ${error instanceof Error ? error.message : code}`,
      error,
    );
  }
}

/** Says in words why the server of REDIS_URL cannot be used; an address that is in use, and our own mistakes, are passed on. */
export async function explainRedis<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message.startsWith('The server of REDIS_URL') || message.startsWith('The user of REDIS_URL'))
      throw explain(message, error, 'redis');
    if (!/^(?:connect |getaddrinfo |Connection is closed|WRONGPASS|NOAUTH|NOPERM|ERR )/.test(message)) throw error;
    throw explain(`The server of REDIS_URL cannot be used: ${message}`, error, 'redis');
  }
}

/** Both files of a certificate, or none. */
export function needPair(
  certificate: string | undefined,
  key: string | undefined,
): readonly [string, string] | undefined {
  if (certificate !== undefined && key !== undefined) return [certificate, key];
  if (certificate !== undefined) throw explain('--tls-cert is given without --tls-key');
  if (key !== undefined) throw explain('--tls-key is given without --tls-cert');
  return undefined;
}

function explain(message: string, cause?: unknown, command = 'postgres'): CliError {
  return new CliError({
    message,
    cause,
    hint: `See "authly proxy ${command} --help".`,
    code: 'config_invalid',
    exitCode: EXIT.general,
  });
}
