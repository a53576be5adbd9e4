import type { Config } from '../config/config.js';

/** Which server a run talks to, and under which name its login is kept. */

/** A stored login, as far as the choice needs it. */
export interface KnownLogin {
  readonly name: string;
  readonly active: boolean;
  readonly apiUrl?: string | undefined;
}

export interface Choice {
  readonly apiUrl: string;
  /** Where the address came from. */
  readonly source: string;
  /** The login to use; it need not exist. */
  readonly profile: string;
}

/**
 * Chooses server and login. A named login brings its server along; a named server finds its login; without either the last login
 * decides. Each server has a login of its own, so that a token never goes to another server than the one that issued it.
 */
export function chooseServer(
  config: Pick<Config, 'values' | 'sources'>,
  logins: readonly KnownLogin[],
  wanted: { readonly profile: string | undefined; readonly foreignToken: boolean },
): Choice {
  const { apiUrl } = config.values;
  const source = config.sources.apiUrl;
  const named = logins.find(({ name }) => name === wanted.profile);
  if (wanted.profile !== undefined) {
    const own = source === 'default' && named?.apiUrl !== undefined;
    return own
      ? { apiUrl: named.apiUrl ?? apiUrl, source: `login ${named.name}`, profile: named.name }
      : { apiUrl, source, profile: wanted.profile };
  }
  const active = logins.find((login) => login.active);
  // A token from the environment did not come from the last login, so the last login says nothing about where it belongs.
  if (source === 'default' && active?.apiUrl !== undefined && !wanted.foreignToken)
    return { apiUrl: active.apiUrl, source: `login ${active.name}`, profile: active.name };
  if (active && sameServer(active.apiUrl, apiUrl)) return { apiUrl, source, profile: active.name };
  const known = logins.find((login) => sameServer(login.apiUrl, apiUrl));
  return { apiUrl, source, profile: known?.name ?? nameOf(apiUrl) };
}

/** Tells whether two addresses are of one server: same origin, same path. This computer is one host, by whichever of its names. */
export function sameServer(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined || !URL.canParse(left) || !URL.canParse(right)) return false;
  const [a, b] = [new URL(left), new URL(right)];
  const isSameHost = a.host === b.host || (a.port === b.port && isThisComputer(a) && isThisComputer(b));
  return a.protocol === b.protocol && isSameHost && a.pathname.replace(/\/+$/, '') === b.pathname.replace(/\/+$/, '');
}

function isThisComputer({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname === '127.0.0.1';
}

/** `https://auth.example.com:8443/x` → `auth.example.com-8443-x`: a name that people can type. */
function nameOf(apiUrl: string): string {
  const { host, pathname } = new URL(apiUrl);
  return `${host}${pathname}`
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 64);
}
