/** The platform's fetch, through the proxy and with the certificates that the environment names: Node's own ignores both. */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ConfigurationError } from '../errors/credential-errors.js';

/** What the environment says about connections. */
export interface PlatformFetchOptions {
  readonly env: NodeJS.ProcessEnv;
  /** A file of further certificate authorities, in PEM. */
  readonly caFile?: string;
}

/**
 * Makes a fetch for this environment. Nothing is loaded unless a proxy or a certificate file is named, and then on the first request.
 *
 * @example
 * ```ts
 * const fetch = platformFetch({ env: process.env, caFile: '/etc/ssl/company.pem' });
 * const answer = await fetch('https://api.example.com/health');
 * ```
 */
export function platformFetch(options: PlatformFetchOptions): typeof globalThis.fetch {
  const proxies = proxiesOf(options.env);
  if (!proxies.httpProxy && !proxies.httpsProxy && options.caFile === undefined) {
    return (input, init) => globalThis.fetch(input, init);
  }
  let opened: Promise<typeof globalThis.fetch> | undefined;
  return async (input, init) => {
    opened ??= openProxiedFetch(options, proxies);
    return (await opened)(input, init);
  };
}

interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy: string;
}

function proxiesOf(env: NodeJS.ProcessEnv): Proxies {
  const all = env.all_proxy || env.ALL_PROXY || undefined;
  const exceptions = [env.no_proxy || env.NO_PROXY, 'localhost', '127.0.0.1', '::1', '[::1]'];
  return {
    httpProxy: env.http_proxy || env.HTTP_PROXY || all,
    httpsProxy: env.https_proxy || env.HTTPS_PROXY || all,
    noProxy: exceptions.filter(Boolean).join(','),
  };
}

async function openProxiedFetch(options: PlatformFetchOptions, proxies: Proxies): Promise<typeof globalThis.fetch> {
  const { EnvHttpProxyAgent, fetch } = await loadUndici();
  const tls = options.caFile === undefined ? {} : { ca: [...rootCertificates, readCertificates(options.caFile)] };
  // Without a proxy for one of the two, the agent would look into the environment of the process by itself.
  const { httpProxy = '', httpsProxy = '', noProxy } = proxies;
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy,
    noProxy,
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
  });
  return async (input, init) => {
    const request = new Request(input, init);
    const body = await bodyOf(init?.body ?? request.body);
    const answer = await fetch(request.url, {
      method: request.method,
      headers: [...request.headers],
      body,
      redirect: init?.redirect ?? request.redirect,
      signal: init?.signal ?? request.signal,
      dispatcher,
      duplex: 'half',
    });
    return nativeAnswer(answer);
  };
}

type ProxiedBody = string | Uint8Array | ReadableStream | undefined;

/** That library knows its own kinds of body only; text, bytes and streams are common ground. */
async function bodyOf(body: BodyInit | null): Promise<ProxiedBody> {
  if (body === null) return undefined;
  if (typeof body === 'string' || body instanceof ReadableStream) return body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function nativeAnswer(answer: {
  status: number;
  statusText: string;
  headers: Iterable<[string, string]>;
  body: unknown;
}): Response {
  const empty = [101, 204, 205, 304].includes(answer.status);
  return new Response(empty ? null : (answer.body as ReadableStream | null), {
    status: answer.status,
    statusText: answer.statusText,
    headers: [...answer.headers],
  });
}

async function loadUndici() {
  try {
    return await import('undici');
  } catch (cause) {
    throw new ConfigurationError({
      message: 'A proxy or a certificate file is configured, and cannot be used.',
      reason: 'The optional package undici is not installed.',
      hint: 'Install undici, or unset the proxy variables.',
      cause,
    });
  }
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError({
      message: `The certificate file ${path} cannot be read.`,
      reason: 'It is missing, or may not be read.',
      hint: 'Check the path.',
      cause,
    });
  }
}
