import type { DocumentedOperation, Schema } from './document.js';

/** A line that calls an operation, to be pasted into a terminal: the token and what is chosen by people are shell variables. */
export function curlLine(
  at: { readonly method: string; readonly path: string; readonly server: string },
  operation: DocumentedOperation,
): string {
  const method = at.method === 'get' ? '' : ` -X ${at.method.toUpperCase()}`;
  const path = at.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  return [
    `curl${method} "${at.server}${path}${queryOf(operation)}"`,
    ...credentials(operation),
    ...bodyOf(operation),
  ].join(' \\\n  ');
}

function credentials({ security }: DocumentedOperation): readonly string[] {
  const [first] = security;
  if (first?.['bearer']) return ['-H "Authorization: Bearer $TOKEN"'];
  return first?.['client'] ? ['-u "$CLIENT_ID:$CLIENT_SECRET"'] : [];
}

/** The parameters of the address that the operation cannot do without. */
function queryOf({ parameters }: DocumentedOperation): string {
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const pairs = needed.map(({ name, schema }) => `${name}=${addressValue(String(exampleOf(name, schema)))}`);
  // PKCE is two parameters, of which one has a default that is not offered.
  if (needed.some(({ name }) => name === 'code_challenge')) pairs.push('code_challenge_method=S256', 'scope=openid');
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Shell variables stay what they are. */
function addressValue(value: string): string {
  return value.startsWith('$') ? value : encodeURIComponent(value);
}

function bodyOf({ requestBody }: DocumentedOperation): readonly string[] {
  const [entry] = Object.entries(requestBody?.content ?? {});
  if (!entry) return [];
  const [type, { schema }] = entry;
  const needed = neededFields(schema, type === 'application/json');
  if (type !== 'application/json') return needed.map(([name, field]) => `-d "${name}=${formValue(name, field)}"`);
  if (needed.length === 0) return [];
  const example = JSON.stringify(Object.fromEntries(needed.map(([name, field]) => [name, exampleOf(name, field)])));
  return ["-H 'Content-Type: application/json'", `-d '${example}'`];
}

/** What a body cannot do without; where everything may be left out, its first field, if that may not be an empty one. */
function neededFields(schema: Schema, isNeverEmpty: boolean): readonly (readonly [string, Schema])[] {
  const all = Object.entries(schema.properties ?? {});
  const needed = all.filter(([name]) => schema.required?.includes(name) || name === 'redirect_uris');
  return needed.length > 0 || !isNeverEmpty ? needed : all.slice(0, 1);
}

function formValue(name: string, schema: Schema): string {
  if (name === 'grant_type') return 'client_credentials';
  return name === 'token' ? '$TOKEN' : String(exampleOf(name, schema));
}

function exampleOf(name: string, schema: Schema): unknown {
  if (name in EXAMPLES) return EXAMPLES[name];
  if (schema.anyOf?.[0]) return exampleOf(name, schema.anyOf[0]);
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'array') return [];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return 60;
  return schema.type === 'object' ? {} : 'text';
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  client_name: 'My application',
  client_type: 'confidential',
  redirect_uris: ['https://app.example/callback'],
  scope_name: 'orders:read',
  identifier: 'https://orders.example.com/',
  description: 'See your orders',
  username: 'ada',
  email: 'ada@example.com',
  password: '…',
  current_password: '…',
  new_password: '…',
  name: 'Nightly report',
  algorithm: 'ES256',
  given_name: 'Ada',
  scope: 'read',
  response_type: 'code',
  client_id: '$CLIENT_ID',
  redirect_uri: 'https://app.example/callback',
  code_challenge: '$CODE_CHALLENGE',
  code: '$CODE',
  code_verifier: '$CODE_VERIFIER',
  refresh_token: '$REFRESH_TOKEN',
};
