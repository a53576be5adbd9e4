/** In what a redirect address differs from the registered ones, in words for whoever wrote the application. */
import { redirectUriMatches } from './redirect-uri.js';

/** What an address is made of, in the order in which a difference is worth naming. */
const PARTS = {
  scheme: /^([a-z][a-z0-9+.-]*):/i,
  host: /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]*\]|[^:/?#]*)/i,
  port: /^[a-z][a-z0-9+.-]*:\/\/(?:\[[^\]]*\]|[^:/?#]*):(\d+)/i,
  path: /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?([^?#]*)/i,
  query: /\?([^#]*)/,
  fragment: /^[^#]*#(.*)/s,
} as const;
type Part = keyof typeof PARTS;

export interface NearestRedirect {
  readonly registered: string;
  /** Sentences such as `The port is 3001, registered is 3000.` */
  readonly differences: readonly string[];
}

/** The registered address that is most like the one that was sent; `undefined` when none is registered. */
export function nearestRedirect(sent: string, registered: readonly string[]): NearestRedirect | undefined {
  const candidates = registered.map((address) => ({ address, parts: differingParts(sent, address) }));
  const [nearest] = candidates.toSorted((left, right) => left.parts.length - right.parts.length);
  if (nearest === undefined) return undefined;
  return {
    registered: nearest.address,
    differences: nearest.parts.map((part) => sentence(part, sent, nearest.address)),
  };
}

function differingParts(sent: string, registered: string): readonly Part[] {
  return (Object.keys(PARTS) as Part[]).filter((part) => valueOf(part, sent) !== valueOf(part, registered));
}

function valueOf(part: Part, address: string): string {
  const value = PARTS[part].exec(address)?.[1] ?? '';
  return part === 'scheme' || part === 'host' ? value.toLowerCase() : value;
}

function sentence(part: Part, sent: string, registered: string): string {
  const [is, wanted] = [valueOf(part, sent), valueOf(part, registered)];
  if (part === 'path' && is.replace(/\/$/, '') === wanted.replace(/\/$/, ''))
    return is.length > wanted.length
      ? 'It ends with a slash; the registered one does not.'
      : 'It does not end with a slash; the registered one does.';
  const name = part === 'host' ? 'host name' : part;
  return `The ${name} is ${is === '' ? 'missing' : is}, registered is ${wanted === '' ? 'none' : wanted}.`;
}

/**
 * Pairs among addresses that look alike and are two: what one of them admits, the other does not.
 * @returns for each pair a sentence
 */
export function lookalikeRedirects(registered: readonly string[]): readonly string[] {
  return registered.flatMap((left, index) =>
    registered
      .slice(index + 1)
      .filter((right) => !redirectUriMatches(left, right) && fold(left) === fold(right))
      .map((right) => `${left} and ${right} are two addresses`),
  );
}

function fold(address: string): string {
  return address.toLowerCase().replace('//127.0.0.1', '//localhost').replace(/\/$/, '');
}
