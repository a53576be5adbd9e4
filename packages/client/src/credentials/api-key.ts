/** Keys and tokens that somebody handed over: nothing is asked of a server. */
import { ConfigurationError } from '../errors/credential-errors.js';
import type { Secret } from '../secret.js';
import { accessToken } from './access-token.js';
import type { AccessToken, Credential, TokenSource } from './credential.js';

/** How the key is sent. */
export interface ApiKeyOptions {
  readonly key: Secret;
  /** The header that carries the key; `authorization` by default. */
  readonly header?: string;
  /** The word before the key; `Bearer` in the authorization header, none in another header. */
  readonly scheme?: string;
  readonly source?: TokenSource;
}

/** A credential from an API key or a personal access token. */
export function apiKeyCredential(options: ApiKeyOptions): Credential {
  return keyCredential('api_key', options);
}

/** A credential from an access token that was made elsewhere, for example `MY_APP_TOKEN`. */
export function staticTokenCredential(options: Pick<ApiKeyOptions, 'key' | 'source'>): Credential {
  return keyCredential('static_token', options);
}

function keyCredential(method: 'api_key' | 'static_token', options: ApiKeyOptions): Credential {
  const header = (options.header ?? 'authorization').toLowerCase();
  const scheme = options.scheme ?? (header === 'authorization' ? 'Bearer' : '');
  return {
    method,
    getToken: async (request): Promise<AccessToken> => {
      request?.signal?.throwIfAborted();
      return accessToken({ token: checkedKey(options.key.reveal()), source: options.source ?? 'configuration' });
    },
    authorize: (headers, token) => headers.set(header, scheme ? `${scheme} ${token.token}` : token.token),
  };
}

/** A pasted key often brings a line end or a quote along, and the error of the HTTP library would then quote it. */
function checkedKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed) && !/^["']|["']$/.test(trimmed)) return trimmed;
  throw new ConfigurationError({
    message: 'The API key or token cannot be used.',
    reason: 'It is empty, or holds spaces, quotes or line ends.',
    hint: 'Copy it again, without quotes.',
  });
}
