import { openApiDocument, operations } from '@authly/admin-api';
import { type Endpoint, ENDPOINTS } from './oauth-endpoints.js';

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
      { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }
    >
  >;
}

/** The OpenAPI document, as far as the page reads it. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Everything that programs can call here, in one document: what is specified by OAuth, and the contract of the admin API. */
export function apiDocument(about: {
  readonly version: string;
  readonly issuer: string;
  readonly apiPrefix: string;
}): ApiDocument {
  const serverUrl = about.issuer.replace(/\/$/, '');
  const contract = openApiDocument(operations(), { version: about.version, serverUrl, apiPrefix: about.apiPrefix });
  // The generator speaks of JSON; its document has this shape, which a test holds it to.
  const own = contract as unknown as ApiDocument;
  const tags = [...new Set(ENDPOINTS.map(({ tag }) => tag))].map((name) => ({ name }));
  return {
    ...own,
    tags: [...tags, ...own.tags],
    paths: { ...endpointPaths(about.apiPrefix), ...own.paths },
    components: {
      ...own.components,
      securitySchemes: { ...own.components['securitySchemes'], client: { type: 'http', scheme: 'basic' } },
    },
  };
}

function endpointPaths(apiPrefix: string): ApiDocument['paths'] {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.mount === 'api' ? `${apiPrefix}${endpoint.path}` : endpoint.path;
    paths[path] = { ...paths[path], [endpoint.method]: describe(endpoint) };
  }
  return paths;
}

function describe(endpoint: Endpoint): DocumentedOperation {
  const { form, json } = endpoint;
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    security: SECURITY[endpoint.access],
    parameters: (endpoint.query ?? []).map(({ name, says, required }) => ({
      name,
      in: 'query' as const,
      required: required === true,
      description: says,
      schema: { type: 'string' },
    })),
    ...(form && { requestBody: body('application/x-www-form-urlencoded', form) }),
    ...(json && { requestBody: body('application/json', json) }),
    responses: { 200: { description: endpoint.answer } },
  };
}

const SECURITY: Readonly<Record<Endpoint['access'], DocumentedOperation['security']>> = {
  anyone: [],
  browser: [],
  bearer: [{ bearer: ['openid'] }],
  // Public clients name themselves in the form.
  client: [{ client: [] }, {}],
};

function body(type: string, fields: NonNullable<Endpoint['form']>): NonNullable<DocumentedOperation['requestBody']> {
  return {
    required: fields.some(({ required }) => required),
    content: {
      [type]: {
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
