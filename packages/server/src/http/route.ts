import type { Answer } from './answer.js';
import type { Incoming } from './incoming.js';
import type { Web } from './web.js';

export type Handler = (request: Incoming, web: Web) => Promise<Answer> | Answer;

/** How a refusal is written: as OAuth JSON, as the JSON of the other APIs, or as a page. */
export type RefusalStyle = 'oauth' | 'api' | 'page';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the issuer's path; parameters as `:name`. */
  readonly path: string;
  readonly handle: Handler;
  readonly refusals: RefusalStyle;
  /** Browser applications of other origins may call it. */
  readonly cors?: boolean;
  /** Bytes; 64 KiB when absent. */
  readonly bodyLimit?: number;
}

/**
 * Finds the routes of a path, whatever their methods, for requests that no route answers. It tries one path after another, and is
 * made when it is first needed.
 */
export function pathFinder(
  table: readonly Route[],
  addresses: (path: string) => readonly string[],
): (url: string) => readonly Route[] {
  let known: readonly { readonly pattern: RegExp; readonly found: readonly Route[] }[] | undefined;
  return (url) => {
    known ??= [...byPath(table)].flatMap(([path, found]) =>
      addresses(path).map((address) => ({ pattern: patternOf(address), found })),
    );
    const path = decoded(url.split(/[?#]/, 1)[0] ?? '').replace(/(?<=.)\/$/, '');
    const fitting = known.filter(({ pattern }) => pattern.test(path));
    // A name in a path goes before a parameter, as it does in the router.
    return (fitting.find(({ found }) => isFixed(found)) ?? fitting[0])?.found ?? [];
  };
}

/** Paths that a parameter of another path would fit as well, and the methods that must not reach that other path. */
export function shadowing(
  table: readonly Route[],
): readonly { readonly path: string; readonly others: readonly Route['method'][]; readonly found: readonly Route[] }[] {
  const paths = [...byPath(table)];
  const open = paths.filter(([, found]) => !isFixed(found));
  return paths.flatMap(([path, found]) => {
    const reached = isFixed(found) ? open.filter(([other]) => patternOf(other).test(path)) : [];
    const others = reached.flatMap(([, routes]) => routes.map((route) => route.method));
    const missing = [...new Set(others)].filter((method) => found.every((route) => route.method !== method));
    return missing.length === 0 ? [] : [{ path, others: missing, found }];
  });
}

function byPath(table: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const found = new Map<string, Route[]>();
  for (const route of table) found.set(route.path, [...(found.get(route.path) ?? []), route]);
  return found;
}

function isFixed([route]: readonly Route[]): boolean {
  return route !== undefined && !route.path.includes(':');
}

function patternOf(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}

/** The router takes an escaped letter for the letter. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
