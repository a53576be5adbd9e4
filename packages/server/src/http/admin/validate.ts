import type { z } from 'zod';
import { AdminRefusal, invalid } from '../../admin/refusal.js';
import { formPairs } from '../form.js';
import { type Incoming, parseJson } from '../incoming.js';
import type { Operation } from './operation.js';

/** The three parts of a request as the schemas of the operation leave them. */
export function readRequest(
  operation: Pick<Operation, 'params' | 'query' | 'body'>,
  request: Incoming,
): { readonly params: unknown; readonly query: unknown; readonly body: unknown } {
  return {
    params: operation.params && parse(operation.params, request.params),
    query: operation.query && parse(operation.query, queryOf(request)),
    body: operation.body && parse(operation.body, bodyOf(request)),
  };
}

function parse(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.slice(0, MOST_ERRORS).map((issue) => {
      const field = issue.path.join('.');
      return { field, message: sentence(field, issue.message) };
    }),
  );
}

/** The schemas' own words name the field; those of the library don't. */
function sentence(field: string, message: string): string {
  if (field === '') return message.startsWith('Invalid input') ? 'The body must be a JSON object' : message;
  return message.startsWith('Invalid') && !message.includes(field) && message.includes(': ')
    ? `${field}: ${message}`
    : message;
}

const MOST_ERRORS = 50;

function queryOf(request: Incoming): Record<string, string> {
  const pairs = formPairs(request.query);
  const names = pairs.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new AdminRefusal('INVALID_REQUEST', `The parameter ${repeated} was sent more than once.`);
  return Object.fromEntries(pairs);
}

/** An absent body is `undefined`: for some operations it may be. */
function bodyOf(request: Incoming): unknown {
  if (request.body.trim() === '') return undefined;
  if (request.contentType !== 'application/json')
    throw new AdminRefusal('INVALID_REQUEST', 'Send the body as application/json.', { status: 415 });
  const value = parseJson(request.body);
  if (value === undefined) throw new AdminRefusal('INVALID_REQUEST', 'The body is not valid JSON.');
  return value;
}
