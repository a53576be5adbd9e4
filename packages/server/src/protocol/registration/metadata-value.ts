import type { MetadataKind } from '@authly/oauth';
import { publicKeysProblem } from './public-keys.js';

/** What a stranger says of one field: a value that will do, or what is wrong with it, to follow the name of the field. */
export type ReadValue = { readonly value: unknown } | { readonly problem: string };

/** Reads a value by the kind that the table of client metadata declares. Redirect addresses have rules of their own. */
export function readValue(kind: MetadataKind, value: unknown): ReadValue {
  switch (kind.kind) {
    case 'text':
    case 'redirect-uri':
      return readText(value, kind.kind === 'text' ? kind.max : 2000);
    case 'email':
      return readText(value, 254);
    case 'flag':
      return typeof value === 'boolean' ? { value } : { problem: 'must be true or false' };
    case 'seconds': {
      const isWhole = typeof value === 'number' && Number.isInteger(value);
      return isWhole && value >= kind.min && value <= kind.max
        ? { value }
        : { problem: `must be a whole number of seconds from ${kind.min} to ${kind.max}` };
    }
    case 'choice':
      return typeof value === 'string' && kind.choices.includes(value) && !kind.reserved?.includes(value)
        ? { value }
        : { problem: `must be one of ${kind.choices.filter((one) => !kind.reserved?.includes(one)).join(', ')}` };
    case 'web-uri':
      return readUri(value, ['https:', 'http:']);
    case 'https-uri':
      return readUri(value, ['https:']);
    case 'jwks': {
      const problem = publicKeysProblem(value);
      return problem === undefined ? { value } : { problem };
    }
    case 'list':
      return readList(kind, value);
  }
}

function readText(value: unknown, max: number): ReadValue {
  if (typeof value !== 'string') return { problem: 'must be text' };
  if (value.length > max) return { problem: `must be at most ${max} characters long` };
  return /\p{Cc}/u.test(value) ? { problem: 'must not contain control characters' } : { value };
}

function readUri(value: unknown, protocols: readonly string[]): ReadValue {
  const problem = {
    problem: `must be an ${protocols.map((protocol) => protocol.replace(':', '')).join(' or ')} address`,
  };
  if (typeof value !== 'string' || value.length > 2000 || /[\s\p{Cc}<>"'`\\]/u.test(value) || !URL.canParse(value))
    return problem;
  const { protocol, username, password } = new URL(value);
  return protocols.includes(protocol) && username === '' && password === '' ? { value } : problem;
}

function readList(kind: Extract<MetadataKind, { kind: 'list' }>, value: unknown): ReadValue {
  if (!Array.isArray(value)) return { problem: 'must be a list' };
  if (value.length > kind.max) return { problem: `may hold at most ${kind.max}` };
  const read = value.map((entry: unknown) => readValue(kind.of, entry));
  const wrong = read.find((entry) => 'problem' in entry);
  return wrong ?? { value: [...new Set(value)] };
}
