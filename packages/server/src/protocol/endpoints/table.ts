import type { Settings } from '../../config/settings.js';
import type { Endpoint } from './endpoint.js';
import { OAUTH_ENDPOINTS } from './oauth.js';
import { OPENID_CONNECT_ENDPOINTS } from './openid-connect.js';
import { OPERATIONS_ENDPOINTS } from './operations.js';
import { REGISTRATION_ENDPOINTS } from './registration.js';

const TABLE = {
  ...OAUTH_ENDPOINTS,
  ...REGISTRATION_ENDPOINTS,
  ...OPENID_CONNECT_ENDPOINTS,
  ...OPERATIONS_ENDPOINTS,
} as const;

/** The name of an endpoint; the operationId of its documentation. */
export type EndpointName = keyof typeof TABLE;

/** Every endpoint that programs call and that is not part of the contract of the admin API. */
export const ENDPOINTS: Readonly<Record<EndpointName, Endpoint>> = TABLE;

/** Its path below the path of the issuer. */
export function endpointPath(name: EndpointName, settings: Pick<Settings, 'api_prefix'>): string {
  const { mount, path } = ENDPOINTS[name];
  return mount === 'api' ? `${settings.api_prefix}${path}` : path;
}

/** Its address, made from the configured issuer alone. */
export function endpointAddress(name: EndpointName, settings: Pick<Settings, 'issuer' | 'api_prefix'>): string {
  return `${settings.issuer.replace(/\/$/, '')}${endpointPath(name, settings)}`;
}

/** The names of its parameters. */
export function parameterNames(name: EndpointName): ReadonlySet<string> {
  return NAMES.get(name) ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();
const NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(ENDPOINTS).map(([name, { parameters = {} }]) => [name, new Set(Object.keys(parameters))]),
);

type Metadata = {
  readonly [Name in EndpointName as (typeof TABLE)[Name] extends { readonly metadata: infer Member extends string }
    ? Member
    : never]: string;
};

/** The addresses as the discovery documents name them. @spec RFC 8414 §2 */
export function endpointMetadata(settings: Pick<Settings, 'issuer' | 'api_prefix'>): Metadata {
  const names = Object.keys(ENDPOINTS) as EndpointName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const { metadata } = ENDPOINTS[name];
      return metadata === undefined ? [] : [[metadata, endpointAddress(name, settings)]];
    }),
  ) as Metadata;
}
