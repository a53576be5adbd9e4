/** How a connection to PostgreSQL is encrypted: the modes of libpq ("SSL Support" in PostgreSQL's manual), which the driver reads otherwise. */
import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
type Mode = (typeof MODES)[number];

/** Parameters of the connection string that say how to encrypt. The driver would read them by rules of its own. */
const PARAMETERS = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'uselibpqcompat'];

/** `DATABASE_URL` asks for an encryption that does not exist, or names a file that cannot be read. */
export class ConnectionStringError extends Error {
  override readonly name = 'ConnectionStringError';
}

/**
 * What to try, in this order, to connect to the one server that a connection string names: `prefer` does without encryption where
 * the server has none, `allow` the other way round.
 */
export function connectionAttempts(url: string): readonly ClientConfig[] {
  const [address = '', query = ''] = url.split(/\?(.*)/s);
  const isTls = (parameter: string): boolean => PARAMETERS.includes(parameter.split('=')[0] ?? '');
  const parameters = query.split('&').filter((parameter) => parameter !== '');
  const others = parameters.filter((parameter) => !isTls(parameter));
  const connectionString = others.length === 0 ? address : `${address}?${others.join('&')}`;
  const given = new URLSearchParams(parameters.filter(isTls).join('&'));
  const mode = modeOf(given, isLocal(address, others));
  const plain: ClientConfig = { connectionString, ssl: false };
  if (mode === 'disable') return [plain];
  const encrypted: ClientConfig = {
    connectionString,
    ssl: tlsOptions(mode, given),
    ...(given.get('sslnegotiation') === 'direct' ? { sslnegotiation: 'direct' } : {}),
  };
  if (mode === 'allow') return [plain, encrypted];
  return mode === 'prefer' ? [encrypted, plain] : [encrypted];
}

function modeOf(given: URLSearchParams, local: boolean): Mode {
  const named = given.get('sslmode');
  if (named !== null) {
    const mode = MODES.find((known) => known === named);
    if (mode === undefined) throw new ConnectionStringError(`sslmode=${named} is none of ${MODES.join(', ')}`);
    return mode;
  }
  const ssl = given.get('ssl');
  if (ssl === 'no-verify') return 'no-verify';
  if (ssl !== null) return ['true', '1'].includes(ssl) ? 'verify-full' : 'disable';
  if (given.get('sslrootcert') !== null || given.get('sslcert') !== null) return 'verify-full';
  if (given.get('sslnegotiation') === 'direct') return 'require';
  // As libpq's default, but on the same machine there is nobody to hide from.
  return local ? 'disable' : 'prefer';
}

function tlsOptions(mode: Mode, given: URLSearchParams): Exclude<ClientConfig['ssl'], boolean | undefined> {
  const root = given.get('sslrootcert');
  const ca = root === null || root === 'system' ? undefined : read('sslrootcert', root);
  const files = { ...(ca && { ca }), ...readIfGiven('cert', 'sslcert', given), ...readIfGiven('key', 'sslkey', given) };
  if (mode === 'verify-full') return files;
  if (mode === 'verify-ca' && ca === undefined) {
    throw new ConnectionStringError(
      'sslmode=verify-ca needs sslrootcert=FILE, the certificate of the authority; use verify-full where the authority is a public one',
    );
  }
  // A root certificate makes `require` check the chain, as libpq does; the name of the server is left alone by both.
  if (mode === 'verify-ca' || (mode === 'require' && ca !== undefined))
    return { ...files, checkServerIdentity: () => undefined };
  return { ...files, rejectUnauthorized: false };
}

function readIfGiven(option: 'cert' | 'key', parameter: string, given: URLSearchParams): Record<string, string> {
  const file = given.get(parameter);
  return file === null ? {} : { [option]: read(parameter, file) };
}

function read(parameter: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConnectionStringError(`${parameter}=${file} cannot be read: ${String(error)}`, { cause: error });
  }
}

function isLocal(address: string, parameters: readonly string[]): boolean {
  const authority = /^postgres(?:ql)?:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(address)?.[1] ?? '';
  const host = new URLSearchParams(parameters.join('&')).get('host') ?? decodeURIComponent(authority);
  return host === '' || host.startsWith('/') || /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?::\d+)?$/i.test(host);
}
