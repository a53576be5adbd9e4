/** What the admin API says about one of its operations, as data that needs no validator and starts fast. */

/** A permission that a token must carry. @spec surface §3.3 */
export type AdminScope =
  | 'admin:clients:read'
  | 'admin:clients:write'
  | 'admin:scopes:read'
  | 'admin:scopes:write'
  | 'admin:resources:read'
  | 'admin:resources:write'
  | 'admin:users:read'
  | 'admin:users:write'
  | 'admin:system:read'
  | 'admin:system:write';

/** The scopes that `authly admin auth login` asks for. */
export const ADMIN_SCOPES = [
  'admin:clients:read',
  'admin:clients:write',
  'admin:scopes:read',
  'admin:scopes:write',
  'admin:resources:read',
  'admin:resources:write',
  'admin:users:read',
  'admin:users:write',
  'admin:system:read',
  'admin:system:write',
] as const satisfies readonly AdminScope[];

/**
 * Who may call. `anyone`: no token is asked for. `signed-in`: a person, for themselves, with a token that one of our
 * own clients was issued; what a person allowed another application to know is not the right to act as the person. `administrator`:
 * an administrator whose token carries the scope, behind the server's guard (switch, localhost). Without a scope it does not compile.
 */
type Access =
  | {
      readonly access: 'anyone' | 'signed-in';
      readonly scope?: undefined;
      readonly firstPartyNeedsNoScope?: undefined;
      /** An API key may call it too, for itself. */
      readonly apiKeyMay?: true;
    }
  | {
      readonly access: 'administrator';
      readonly scope: AdminScope;
      /** A token that one of our own clients was issued will do without the scope: older scripts log in by password and ask for none. */
      readonly firstPartyNeedsNoScope?: true;
      readonly apiKeyMay?: undefined;
    };

export type Route = Access & {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `root`: below the server's address. `api`: below the API prefix, `/api/v1` by default. */
  readonly mount: 'root' | 'api';
  /** Path below the mount, with parameters in braces: `/admin/clients/{client_id}`. */
  readonly path: string;
  /** One sentence for people: OpenAPI summary and documentation. */
  readonly summary: string;
  readonly tag:
    | 'system'
    | 'clients'
    | 'scopes'
    | 'resources'
    | 'users'
    | 'sessions'
    | 'audit'
    | 'keys'
    | 'api-keys'
    | 'accounts'
    | 'own account'
    | 'own api keys';
  /** The status of success. */
  readonly status: 200 | 201 | 204;
  /**
   * The thing has a version. Reading answers it in `ETag`; changing takes `If-Match` and refuses a stale one with 412.
   * @spec RFC 9110 §13.1.1
   */
  readonly versioned?: true;
  /** Takes `Idempotency-Key`: a repeat with the same key and body gets the first answer again, a different body 422. */
  readonly idempotent?: true;
  /** The list's total travels in `X-Total-Count`, because the body is a bare array. */
  readonly counted?: true;
  /** The answer is a stream of JSON lines, one object of the reply schema each. */
  readonly stream?: true;
  /** The request or the answer holds a credential: never cached, never logged, guarded by the strictest limit. */
  readonly secret?: true;
};

/** Header names that the admin API uses beyond the standard ones. */
export const TOTAL_COUNT_HEADER = 'X-Total-Count';
export const NEXT_CURSOR_HEADER = 'X-Next-Cursor';
export const REQUEST_ID_HEADER = 'X-Request-Id';
export const IDEMPOTENCY_KEY_HEADER = 'Idempotency-Key';

/** Where routes with `mount: 'api'` live unless the server is configured otherwise. */
export const DEFAULT_API_PREFIX = '/api/v1';

/**
 * Fills a route's path. Every parameter is percent-encoded, so that none can change the path's shape.
 * @throws Error when a parameter of the path is missing or empty: the caller forgot it.
 * @example routePath(routes.getScope, { scope_name: 'user:read' }) // '/admin/scopes/user%3Aread'
 */
export function routePath(
  route: Pick<Route, 'mount' | 'path'>,
  params: Readonly<Record<string, string>> = {},
  apiPrefix: string = DEFAULT_API_PREFIX,
): string {
  const filled = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new Error(`the path ${route.path} needs ${name}`);
    // A lone dot segment would be resolved away by every URL parser, encoded or not.
    if (value === '.' || value === '..') throw new Error(`${name} must not be "${value}"`);
    return encodeURIComponent(value);
  });
  return route.mount === 'api' ? `${apiPrefix}${filled}` : filled;
}
