/** The platform's fetch, through the proxy and with the certificates that the environment names: Node's own ignores both. */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { ConfigurationError } from '../errors/credential-errors.js';
import { NetworkError } from '../errors/service-errors.js';
import { isLoopback } from '../flows/safe-url.js';

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
  if (!proxies.http && !proxies.https && options.caFile === undefined) {
    return (input, init) => globalThis.fetch(input, init);
  }
  const opened = new Map<string, Promise<typeof globalThis.fetch>>();
  return async (input, init) => {
    const proxy = proxyFor(new URL(input instanceof Request ? input.url : input), proxies);
    if (!proxy && options.caFile === undefined) return globalThis.fetch(input, init);
    const key = proxy?.value ?? '';
    const open = opened.get(key) ?? openRoutedFetch(options.caFile, proxy);
    opened.set(key, open);
    return (await open)(input, init);
  };
}

/** A proxy, and the variable that names it. */
interface Proxy {
  readonly variable: string;
  readonly value: string;
}

interface Proxies {
  readonly http?: Proxy;
  readonly https?: Proxy;
  /** Names that no proxy is asked for. */
  readonly exceptions: readonly string[];
}

function proxiesOf(env: NodeJS.ProcessEnv): Proxies {
  const first = (...names: readonly string[]): Proxy | undefined => {
    const variable = names.find((name) => env[name]);
    return variable === undefined ? undefined : { variable, value: env[variable] ?? '' };
  };
  const exceptions = (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter(Boolean);
  return {
    http: first('http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'),
    https: first('https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'),
    exceptions: exceptions.map((name) => name.toLowerCase()),
  };
}

/** The proxy for an address; none for this computer, and none for what NO_PROXY names: a host, its subdomains, or both with a port. */
function proxyFor(url: URL, { http, https, exceptions }: Proxies): Proxy | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const isException = exceptions.some((exception) => {
    if (exception === '*') return true;
    const [, name = '', onlyPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(exception.replace(/^\*?\./, '')) ?? [];
    // An IPv6 address has colons of its own.
    if (exception === host) return true;
    return (onlyPort === undefined || onlyPort === port) && (host === name || host.endsWith(`.${name}`));
  });
  if (isException || isLoopback(url)) return undefined;
  return url.protocol === 'https:' ? https : http;
}

/** As curl, npm and git do, a proxy without a scheme is reached by http. */
function addressOf({ variable, value }: Proxy): string {
  const address = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address;
  throw new ConfigurationError({
    message: `${variable} does not name a proxy that can be used.`,
    reason: 'It must be an address such as http://proxy.example.com:3128.',
    hint: `Correct ${variable}, or unset it; NO_PROXY names hosts that need no proxy.`,
  });
}

async function openRoutedFetch(caFile: string | undefined, proxy: Proxy | undefined): Promise<typeof globalThis.fetch> {
  const tls = caFile === undefined ? {} : { ca: [...rootCertificates, readCertificates(caFile)] };
  const uri = proxy && addressOf(proxy);
  const { Agent, ProxyAgent, fetch } = await loadUndici();
  // Through a tunnel always: a proxy that sees the requests would see the tokens.
  const dispatcher =
    uri === undefined
      ? new Agent({ connect: tls })
      : new ProxyAgent({ uri, requestTls: tls, proxyTls: tls, proxyTunnel: true });
  return async (input, init) => {
    const request = new Request(input, init);
    const body = await bodyOf(init?.body ?? request.body);
    const sent = fetch(request.url, {
      method: request.method,
      headers: [...request.headers],
      body,
      redirect: init?.redirect ?? request.redirect,
      signal: init?.signal ?? request.signal,
      dispatcher,
      duplex: 'half',
    });
    return nativeAnswer(proxy ? await sent.catch((error: unknown) => explainProxy(error, proxy)) : await sent);
  };
}

/** Whoever has a proxy cannot tell its failures from those of the server. */
function explainProxy(error: unknown, { variable }: Proxy): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!/^E(CONN|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)|PROXY/.test(code) && !/proxy/i.test(String(cause)))
    throw error;
  throw new NetworkError({
    message: `The proxy that ${variable} names did not let the request through.`,
    reason:
      code === 'ECONNREFUSED' ? 'Nothing answers at its address and port.' : `It failed with ${code || 'an error'}.`,
    hint: `Check ${variable}; NO_PROXY names hosts that need no proxy.`,
    failure: 'proxy',
    cause: error,
  });
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
