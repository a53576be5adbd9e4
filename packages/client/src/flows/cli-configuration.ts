/** The defaults that a server publishes for command-line tools, so that a login needs nothing but its address. */
import { ConfigurationError } from '../errors/credential-errors.js';
import { isSafeUrl } from './safe-url.js';
import { boundedFetch, refuseRedirect, type HttpOptions } from './http.js';

/** What the server suggests. */
export interface CliConfiguration {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly apiUrl: string;
}

/**
 * Reads `/.well-known/cli-configuration`; `undefined` when the server publishes none. Rejects with ConfigurationError for an unusable address or document,
 * and with network errors.
 *
 * @example
 * ```ts
 * const defaults = await readCliConfiguration('https://auth.example.com');
 * ```
 */
export async function readCliConfiguration(
  apiUrl: string,
  http: HttpOptions = {},
): Promise<CliConfiguration | undefined> {
  if (!isSafeUrl(apiUrl)) throw unusable('It must be an https address; http is allowed for this computer only.');
  const url = new URL('/.well-known/cli-configuration', apiUrl);
  const answer = await boundedFetch(http)(url, { headers: { accept: 'application/json' }, redirect: 'manual' });
  refuseRedirect(answer, url);
  if (answer.status !== 200 || !/\bjson\b/.test(answer.headers.get('content-type') ?? '')) return undefined;
  const document: unknown = await answer.json().catch(() => undefined);
  return parseCliConfiguration(document, apiUrl);
}

/**
 * Checks the document; the API that it names must be safe to send a token to.
 *
 * @example
 * ```ts
 * const { issuer } = parseCliConfiguration(await answer.json(), 'https://api.example.com');
 * ```
 */
export function parseCliConfiguration(document: unknown, apiUrl: string): CliConfiguration {
  const fields = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  const { issuer, client_id: clientId, scopes, api_url: api = apiUrl } = fields;
  if (typeof issuer !== 'string' || !isSafeUrl(issuer)) throw unusable('Its defaults name no usable issuer.');
  if (typeof clientId !== 'string' || clientId === '') throw unusable('Its defaults name no client id.');
  if (typeof api !== 'string' || !isSafeUrl(api)) throw unusable('Its defaults name an unsafe API address.');
  const list = Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string' && scope !== '') : [];
  return { issuer, clientId, scopes: list, apiUrl: api };
}

function unusable(reason: string): ConfigurationError {
  return new ConfigurationError({
    message: 'The address of the server cannot be used.',
    reason,
    hint: 'Check the API address, or name the issuer and the client id yourself.',
  });
}
