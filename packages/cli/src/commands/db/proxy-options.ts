import { readFile } from 'node:fs/promises';
import type { ProxyPlace } from '@authly/db-proxy';
import { integer, text } from '../../program/option.js';

/** Where the proxy is: the same options for every client. */
export const proxyOptions = (defaultPort: number) => ({
  proxyHost: text('Host of the proxy', { default: '127.0.0.1' }),
  proxyPort: integer('Port of the proxy', { default: String(defaultPort) }),
  ca: text('Certificate of the authority that signed the certificate of the proxy', {
    placeholder: 'PATH',
    completes: 'file',
  }),
});

export interface ProxyOptions {
  readonly proxyHost: string | undefined;
  readonly proxyPort: number | undefined;
  readonly ca: string | undefined;
}

/** Without TLS a token goes to this machine alone. */
export async function placeOfProxy(options: ProxyOptions, defaultPort: number): Promise<ProxyPlace> {
  const host = options.proxyHost ?? '127.0.0.1';
  const isHere = /^(127\.|::1$|localhost$)/.test(host);
  const ca = options.ca === undefined ? {} : { ca: await readFile(options.ca) };
  return {
    host,
    port: options.proxyPort ?? defaultPort,
    tls: isHere && options.ca === undefined ? undefined : ca,
  };
}
