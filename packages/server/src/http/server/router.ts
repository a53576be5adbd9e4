import FindMyWay from 'find-my-way';
import { OAuthError } from '../../protocol/error.js';
import { PageError } from '../pages/flow.js';
import type { Route } from '../route.js';
import { preflightHeaders } from './cors.js';

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request; for addresses and methods that nobody has, the route that says so. */
export type Router = (method: string, path: string, options: { readonly wantsPage: boolean }) => Found;

/** What a path has to offer. */
interface Resource {
  readonly routes: ReadonlyMap<string, Route>;
  readonly otherMethod: Route;
}

/**
 * A path with a name goes before a path with a parameter, for every method: DELETE /users/me is not DELETE /users/:id. So the
 * library gets paths alone, all as GET, and methods are looked up in what it finds.
 */
// @check 68, 125
export function createRouter(table: readonly Route[], base: string): Router {
  const paths = FindMyWay({ ignoreTrailingSlash: true, maxParamLength: 500, querystringParser: () => ({}) });
  for (const [path, routes] of groupByPath(table)) {
    const resource = createResource(routes);
    for (const address of addresses(path, base)) paths.on('GET', address, useNothing, resource);
  }
  return (method, path, { wantsPage }) => {
    const found = paths.find('GET', path);
    const resource = found?.store as Resource | null | undefined;
    if (resource === undefined || resource === null)
      return { route: wantsPage ? NO_PAGE : NOTHING_THERE, params: NO_PARAMS };
    const route = resource.routes.get(method) ?? resource.otherMethod;
    return { route, params: (found?.params ?? NO_PARAMS) as Record<string, string> };
  };
}

function groupByPath(table: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const groups = new Map<string, Route[]>();
  for (const route of table) groups.set(route.path, [...(groups.get(route.path) ?? []), route]);
  return groups;
}

/** HEAD wherever GET has no effect; OPTIONS for preflights. @spec RFC 9110 §9.1, Fetch §3.2.2 */
function createResource(table: readonly Route[]): Resource {
  const routes = new Map<string, Route>(table.map((route) => [route.method, route]));
  const methods = [...routes.keys()];
  const get = routes.get('GET');
  if (get !== undefined && get.hasEffect !== true) routes.set('HEAD', get);
  const cors = table.some((route) => route.cors === true);
  if (cors) routes.set('OPTIONS', preflight(methods));
  return { routes, otherMethod: methodNotAllowed(cors ? [...methods, 'OPTIONS'] : methods, table[0]) };
}

function preflight(methods: readonly string[]): Route {
  return {
    ...NOTHING_THERE,
    cors: true,
    handle: (request) => ({
      status: 204,
      headers: preflightHeaders(methods, request.header('access-control-request-headers')),
      body: '',
    }),
  };
}

/** @spec RFC 9110 §15.5.6 */
function methodNotAllowed(methods: readonly string[], like: Route | undefined): Route {
  const Allow = methods.join(', ');
  return {
    ...NOTHING_THERE,
    refusals: like?.refusals ?? 'api',
    handle({ method }) {
      throw new OAuthError('invalid_request', `${method.slice(0, 20)} is not possible here; ${Allow} is.`, {
        status: 405,
        headers: { Allow },
      });
    },
  };
}

const NOTHING_THERE: Route = {
  method: 'GET',
  path: '',
  refusals: 'api',
  handle() {
    throw new OAuthError('invalid_request', 'There is nothing at this address.', { status: 404 });
  },
};

const NO_PAGE: Route = {
  ...NOTHING_THERE,
  refusals: 'page',
  handle() {
    throw new PageError('not_found', 404);
  },
};

const NO_PARAMS = {};

/**
 * A path is served below the issuer's path, and without it for proxies that cut it off. The well-known documents of an issuer
 * with a path are also where the path comes last. @spec RFC 8414 §3.1
 */
function addresses(path: string, base: string): readonly string[] {
  if (base === '') return [path];
  return path.startsWith('/.well-known/')
    ? [path, `${base}${path}`, `${path}${base}`]
    : [path, `${base}${path === '/' ? '' : path}`];
}

function useNothing(): void {
  // The library wants a handler for each path; ours are in the resource.
}
