import type { DocumentedOperation, Schema } from './document.js';

/** A line that calls an operation, to be pasted into a terminal: the token and what is chosen by people are shell variables. */
export function curlLine(
  at: { readonly method: string; readonly path: string; readonly server: string },
  operation: DocumentedOperation,
): string {
  const method = at.method === 'get' ? '' : ` -X ${at.method.toUpperCase()}`;
  const path = at.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  return [`curl${method} "${at.server}${path}"`, ...credentials(operation), ...bodyOf(operation)].join(' \\\n  ');
}

function credentials({ security }: DocumentedOperation): readonly string[] {
  const [first] = security;
  if (first?.['bearer']) return ['-H "Authorization: Bearer $TOKEN"'];
  return first?.['client'] ? ['-u "$CLIENT_ID:$CLIENT_SECRET"'] : [];
}

function bodyOf({ requestBody }: DocumentedOperation): readonly string[] {
  const [entry] = Object.entries(requestBody?.content ?? {});
  if (!entry) return [];
  const [type, { schema }] = entry;
  const needed = neededFields(schema);
  if (type !== 'application/json') return needed.map(([name, field]) => `-d "${name}=${formValue(name, field)}"`);
  if (needed.length === 0) return [];
  const example = JSON.stringify(Object.fromEntries(needed.map(([name, field]) => [name, exampleOf(name, field)])));
  return ["-H 'Content-Type: application/json'", `-d '${example}'`];
}

/** What a body cannot do without; where everything may be left out, its first field. */
function neededFields(schema: Schema): readonly (readonly [string, Schema])[] {
  const all = Object.entries(schema.properties ?? {});
  const needed = all.filter(([name]) => schema.required?.includes(name) || name === 'redirect_uris');
  return needed.length > 0 ? needed : all.slice(0, 1);
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
};
