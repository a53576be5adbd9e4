import {
  ADMIN_SCOPES,
  type Reply as ContractReply,
  exchanges,
  type Problem,
  type RouteName,
  routePath,
  routes,
} from '@authly/admin-api';
import type { GivenUser } from '../support/given.js';
import type { TestServer } from '../support/server.js';

/** What a refusal says. */
type Refusal = Required<Pick<Problem, 'detail' | 'error_code' | 'errors' | 'required_scope'>>;

/** An answer, read: the body of success by the contract, or that of a refusal. */
export interface Reply<Name extends RouteName = RouteName> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ContractReply<Name> extends undefined ? Refusal : ContractReply<Name> & Refusal;
}

export interface Wish {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Calls operations as one person, and holds every success against the contract: nothing more may come than it says. */
export interface Caller {
  readonly token: string;
  call<Name extends RouteName>(name: Name, wish?: Wish): Promise<Reply<Name>>;
}

export function callerWith(server: TestServer, token: string | undefined): Caller {
  return {
    token: token ?? '',
    async call<Name extends RouteName>(name: Name, { params = {}, query = {}, body, headers = {} }: Wish = {}) {
      const search = new URLSearchParams(query).toString();
      const response = await fetch(
        `${server.url}${routePath(routes[name], params)}${search === '' ? '' : `?${search}`}`,
        {
          method: routes[name].method,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
      );
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
      const reply = {
        status: response.status,
        headers: response.headers,
        text,
        body: (isJson ? JSON.parse(text) : {}) as Reply<Name>['body'],
      };
      if (response.ok) heldAgainstContract(name, reply);
      return reply;
    },
  };
}

/** An administrator with every admin scope, or with these. */
export async function administrator(
  server: TestServer,
  scopes: readonly string[] = ADMIN_SCOPES,
): Promise<Caller & { readonly person: GivenUser }> {
  const person = await server.given.user({ isAdmin: true });
  const { access_token: token } = await server.given.passwordTokens(person, scopes);
  return { ...callerWith(server, token), person };
}

/** The body as the schema leaves it must be the body itself: a schema drops what it does not know. */
function heldAgainstContract(name: RouteName, { status, body }: Reply): void {
  const route = routes[name];
  if (status !== route.status) throw new Error(`${name} answered ${status}, the contract says ${route.status}`);
  const exchange = exchanges[name];
  if (!('reply' in exchange) || 'stream' in route) return;
  const known = exchange.reply.parse(body);
  const [sent, kept] = [JSON.stringify(sorted(body)), JSON.stringify(sorted(known))];
  if (sent !== kept) throw new Error(`${name} answered more than the contract says:\n${sent}\n${kept}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
