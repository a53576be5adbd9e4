import { openApiDocument, operations } from '@authly/admin-api';
import type { Endpoint, Parameter } from '../../protocol/endpoints/endpoint.js';
import { type EndpointName, ENDPOINTS, endpointPath } from '../../protocol/endpoints/table.js';
import type { docsWords } from '../pages/strings/english-docs.js';
import { answerExample } from './answer-examples.js';
import { curlLine } from './samples.js';

/** A schema of the document, as far as the page reads it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-requires-administrator'?: boolean;
  /** The samples that the page shows. */
  readonly 'x-codeSamples'?: readonly { readonly lang: string; readonly label: string; readonly source: string }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
      }
    >
  >;
}

/** The OpenAPI document, as far as the page reads it. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly 'x-displayName'?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface About {
  readonly version: string;
  readonly issuer: string;
  readonly apiPrefix: string;
  readonly product: string;
  readonly words: typeof docsWords;
}

/** Everything that programs can call here, in one document: what is specified by OAuth, and the contract of the admin API. */
export function apiDocument(about: About): ApiDocument {
  const serverUrl = about.issuer.replace(/\/$/, '');
  const contract = openApiDocument(operations(), { version: about.version, serverUrl, apiPrefix: about.apiPrefix });
  // The generator promises JSON and no more; a test checks that its document has this shape.
  const own = contract as unknown as ApiDocument;
  const names = [...new Set([...Object.values(ENDPOINTS).map(({ tag }) => tag), ...own.tags.map(({ name }) => name)])];
  const titles: Readonly<Record<string, string>> = about.words.tags;
  return {
    ...own,
    info: {
      ...own.info,
      title: about.words.heading.replace('{product}', about.product),
      description: about.words.intro,
    },
    tags: names.map((name) => ({ name, 'x-displayName': titles[name] ?? name })),
    paths: withSamples({ ...endpointPaths(about.apiPrefix), ...own.paths }, serverUrl),
    components: {
      ...own.components,
      securitySchemes: { ...own.components['securitySchemes'], client: { type: 'http', scheme: 'basic' } },
    },
  };
}

function withSamples(paths: ApiDocument['paths'], server: string): ApiDocument['paths'] {
  const sampled = (path: string, method: string, operation: DocumentedOperation): DocumentedOperation => ({
    ...operation,
    // Titles, as the page shows them, have no full stop.
    summary: operation.summary.replace(/\.$/, ''),
    'x-codeSamples': [{ lang: 'shell', label: 'curl', source: curlLine({ method, path, server }, operation) }],
  });
  return mapValues(paths, (methods, path) =>
    mapValues(methods, (operation, method) => sampled(path, method, operation)),
  );
}

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value, key: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function endpointPaths(apiPrefix: string): ApiDocument['paths'] {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
    const path = endpointPath(name, { api_prefix: apiPrefix });
    for (const method of ENDPOINTS[name].methods)
      paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name, method) };
  }
  return paths;
}

function describe(name: EndpointName, method: Endpoint['methods'][number]): DocumentedOperation {
  const { methods, summary, tag, access, answer, json, parameters = {} } = ENDPOINTS[name];
  const fields = Object.entries(parameters).map(([field, about]) => fieldOf(field, about));
  return {
    operationId: method === methods[0] ? name : `${name}By${method.charAt(0)}${method.slice(1).toLowerCase()}`,
    summary,
    tags: [tag],
    security: SECURITY[access],
    parameters: (method === 'GET' ? fields : []).map((field) => ({
      name: field.name,
      in: 'query' as const,
      required: field.required,
      description: field.says,
      schema: { type: 'string' },
    })),
    ...(method !== 'GET' && fields.length > 0 && { requestBody: body(fields, json === true) }),
    responses: { 200: { description: answer, ...answerExample(name) } },
  };
}

const SECURITY: Readonly<Record<Endpoint['access'], DocumentedOperation['security']>> = {
  anyone: [],
  browser: [],
  bearer: [{ bearer: ['openid'] }],
  // Public clients name themselves in the form.
  client: [{ client: [] }, {}],
};

interface Field {
  readonly name: string;
  readonly says: string;
  readonly required: boolean;
}

function fieldOf(name: string, about: Parameter): Field {
  return typeof about === 'string' ? { name, says: about, required: false } : { name, ...about };
}

function body(fields: readonly Field[], isJson: boolean): NonNullable<DocumentedOperation['requestBody']> {
  return {
    required: fields.some(({ required }) => required),
    content: {
      [isJson ? 'application/json' : 'application/x-www-form-urlencoded']: {
        schema: {
          type: 'object',
          properties: Object.fromEntries(
            fields.map(({ name, says }) => [
              name,
              { type: name === 'address' ? 'object' : 'string', description: says },
            ]),
          ),
          required: fields.filter(({ required }) => required).map(({ name }) => name),
        },
      },
    },
  };
}
