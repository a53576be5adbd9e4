/** The options of a client. Everything may be left out: configuration and environment fill it in. */
import type { AuthMethod, Credential } from '../credentials/credential.js';
import type { PrivateJwk } from '../flows/client-authentication.js';
import type { ProgramOptions } from '../profiles/program.js';
import type { Secret } from '../secret.js';
import type { RefreshWindows } from '../session/refresh-windows.js';
import type { TokenStore } from '../store/token-store.js';

/** Receives what happens, for debugging. Nothing that it receives is secret. */
export interface Logger {
  debug(message: string, fields?: object): void;
}

/** How a client finds its credential and how it sends requests. */
export interface AuthClientOptions extends Partial<Omit<ProgramOptions, 'store' | 'storage'>> {
  readonly issuer?: string;
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly privateKeyJwk?: PrivateJwk;
  readonly assertion?: () => Promise<string>;
  readonly apiKey?: Secret;
  /** Pins the method; another source that is set is then passed over. */
  readonly method?: AuthMethod | 'auto';
  readonly scopes?: readonly string[];
  readonly resource?: string;
  /** Uses this credential and looks for no other. */
  readonly credential?: Credential;
  /** Uses this profile; beats the environment. */
  readonly profile?: string;
  /** The API that tokens are for; its origin is trusted. */
  readonly apiUrl?: string;
  /** `auto`: the encrypted store of the program; `memory`: nothing is written. */
  readonly store?: TokenStore | 'auto' | 'memory';
  /** How long one request may take, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
  /** Further origins that the token may be sent to, for example `https://api.example.com`. */
  readonly allowedOrigins?: readonly string[];
  readonly refresh?: RefreshWindows;
  /** Binds tokens to a key (RFC 9449). */
  readonly dpop?: boolean;
  /** `true` and `auto`: a missing login is made up for when there is a terminal; `false`, the default: it is an error. */
  readonly interactive?: boolean | 'auto';
  readonly logger?: Logger;
  /** Shown to servers in the User-Agent. */
  readonly appVersion?: string;
}

/** The User-Agent of a program, for example `my-app/1.2.0 (node 20; linux)`. */
export function userAgentOf(options: { readonly appName?: string; readonly appVersion?: string }): string {
  const name = options.appName ?? 'authly-client';
  return `${name}/${options.appVersion ?? '0.1.0'} (node ${process.versions.node.split('.')[0]}; ${process.platform})`;
}
