import { z } from 'zod';
import type { Operation } from './contract.js';
import { DEFAULT_API_PREFIX, REQUEST_ID_HEADER, TOTAL_COUNT_HEADER } from './route.js';
import { problem } from './schemas/problem.js';

export interface OpenApiInfo {
  readonly version: string;
  /** The address of the server, without a slash at the end. */
  readonly serverUrl?: string;
  readonly apiPrefix?: string;
}

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document of the given operations. Pure: the same operations give the same text.
 * @spec OpenAPI 3.1.1
 * @example openApiDocument(operations(), { version: '0.1.0' })
 */
export function openApiDocument(list: readonly Operation[], info: OpenApiInfo): Json {
  const paths: Record<string, Json> = {};
  for (const operation of list) {
    const path =
      operation.mount === 'api' ? `${info.apiPrefix ?? DEFAULT_API_PREFIX}${operation.path}` : operation.path;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Authly', version: info.version, license: { name: 'MIT', identifier: 'MIT' } },
    ...(info.serverUrl ? { servers: [{ url: info.serverUrl }] } : {}),
    tags: [...new Set(list.map((operation) => operation.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output') },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describe(operation: Operation): Json {
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [operation.tag],
    // A Bearer token has no scopes of its own in OpenAPI 3.1, but the array may name them for people.
    security: operation.access === 'anyone' ? [] : [{ bearer: operation.scope ? [operation.scope] : [] }],
    ...(operation.access === 'administrator' ? { 'x-requires-administrator': true } : {}),
    parameters: [
      ...parametersOf(operation.params, 'path'),
      ...parametersOf(operation.query, 'query'),
      ...headerParameters(operation),
    ],
    ...(operation.body ? { requestBody: requestBody(operation.body) } : {}),
    responses: { [operation.status]: success(operation), ...refusals(operation) },
  };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const whole = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(whole.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (whole.required ?? []).includes(name),
    schema: Object.keys(property).length === 0 ? { type: 'string' } : property,
  }));
}

function headerParameters(operation: Operation): Json[] {
  return [
    ...(operation.versioned && operation.method !== 'GET'
      ? [headerParameter('If-Match', 'The ETag that the change is based on; 412 when the thing has changed since.')]
      : []),
    ...(operation.idempotent
      ? [headerParameter('Idempotency-Key', 'A repeat with the same key and body gets the first answer again.')]
      : []),
  ];
}

function headerParameter(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

function requestBody(schema: z.ZodType): Json {
  return {
    required: !schema.safeParse(undefined).success,
    content: { 'application/json': { schema: schemaOf(schema, 'input') } },
  };
}

function success(operation: Operation): Json {
  const headers: Json = { [REQUEST_ID_HEADER]: { schema: { type: 'string' } } };
  if (operation.counted) headers[TOTAL_COUNT_HEADER] = { schema: { type: 'integer' } };
  if (operation.versioned) headers['ETag'] = { schema: { type: 'string' } };
  if (!operation.reply) return { description: 'Done.', headers };
  const type = operation.stream ? 'application/x-ndjson' : 'application/json';
  return { description: 'Success.', headers, content: { [type]: { schema: schemaOf(operation.reply, 'output') } } };
}

function refusals(operation: Operation): Json {
  const guarded = operation.mount === 'root' || operation.access !== 'anyone';
  const statuses: readonly (readonly [number, string, boolean])[] = [
    [400, 'Something in the request is wrong.', true],
    [401, 'No valid token.', operation.access !== 'anyone' || operation.secret === true],
    [403, 'Not allowed.', guarded],
    [404, 'There is no such thing.', operation.path.includes('{')],
    [409, 'It exists already, or the change would break a rule.', operation.method !== 'GET'],
    [412, 'It has changed since it was read.', operation.versioned === true && operation.method !== 'GET'],
    [422, 'The Idempotency-Key was used with another body.', operation.idempotent === true],
    [429, 'Too many requests; Retry-After says when to come back.', true],
    [503, 'Not available now; Retry-After says when to come back.', true],
  ];
  return Object.fromEntries(
    statuses
      .filter(([, , applies]) => applies)
      .map(([status, description]) => [
        status,
        { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } },
      ]),
  );
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Json;
  return rest;
}
