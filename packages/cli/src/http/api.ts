import {
  type AdminClientOptions,
  createAdminClient,
  type HttpFetch,
  openAdminStream,
  routes,
} from '@authly/admin-api/client';
import type { Config } from '../config/config.js';
import type { Context } from '../context.js';
import type { Session } from '../session/session.js';
import { version } from '../version.js';
import { createNodeFetch } from './node-fetch.js';
import { traceFetch, wantsTrace } from './trace.js';

export interface ApiParts {
  readonly config: Config;
  readonly session: Pick<Session, 'token' | 'renew'>;
  readonly fetch: HttpFetch;
}

/** The admin API of the configured server. A token is fetched when a call needs one. */
export function createApi({ config, session, fetch }: ApiParts): Pick<Context, 'api' | 'stream'> {
  const options: AdminClientOptions = {
    baseUrl: config.values.apiUrl,
    timeoutMs: config.values.timeout * 1000,
    userAgent: USER_AGENT,
    fetch: renewOnRefusal(fetch, session),
    token: () => session.token(),
  };
  return {
    api: createAdminClient(options),
    stream: async (route, input) => (await openAdminStream(routes[route], input, options)).body ?? nothing(),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The fetch that commands use; traced when AUTHLY_DEBUG_HTTP asks for it. */
export function commandFetch(env: NodeJS.ProcessEnv, tell: (line: string) => void): HttpFetch {
  const fetch = isRouted(env) ? createRoutedFetch(env) : createNodeFetch();
  return wantsTrace(env) ? traceFetch(fetch, { tell, now: () => performance.now() }) : fetch;
}

// A proxy or an authority of one's own needs more than node:http; then the start may take longer.
function isRouted(env: NodeJS.ProcessEnv): boolean {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
  return Boolean(env['AUTHLY_CA_FILE']) || names.some((name) => env[name] || env[name.toLowerCase()]);
}

function createRoutedFetch(env: NodeJS.ProcessEnv): HttpFetch {
  let opened: HttpFetch | undefined;
  return async (url, request) => {
    const { platformFetch } = await import('../session/client-library.js');
    opened ??= platformFetch({ env, caFile: env['AUTHLY_CA_FILE'] || undefined });
    return opened(url, request);
  };
}

// A token can end before its time: revoked, or signed with a key that is gone. One new one is worth a try, a second is not.
function renewOnRefusal(fetch: HttpFetch, { renew }: Pick<Session, 'renew'>): HttpFetch {
  return async (url, request) => {
    const response = await fetch(url, request);
    if (response.status !== 401 || request.headers['Authorization'] === undefined) return response;
    const token = await renew();
    if (token === undefined) return response;
    await response.text();
    return fetch(url, { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } });
  };
}

export const USER_AGENT = `authly/${version} (node ${process.versions.node}; ${process.platform})`;
