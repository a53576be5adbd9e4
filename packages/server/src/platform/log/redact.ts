/** Keeps secrets out of log lines, in two ways: by the name of a field, and by what a secret looks like. */

const SECRET_NAME =
  /^(?:.*password.*|.*secret.*|.*token|.*cookie.*|authorization|.*assertion|code|code_?verifier|device_?code|user_?code|id_token_hint|api_?key|.*private.*|jwt|dpop|body|query|querystring|search)$/i;
/** These end like secrets and are none. */
const PUBLIC_NAME = /^(?:status_?code|requires_?password_?change|password_?grant.*)$/i;
const MAX_DEPTH = 6;

/** The last net, over the whole line: signed tokens, generated secrets, passwords in connection strings. */
const LOOKS_SECRET = [
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*){0,3}/g, '[token]'],
  [/\b(authly_(?:pat|rt)_|cs_)[\w-]{16,}/g, '$1[secret]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/"]*):[^\s@/"]+@/gi, '$1:[secret]@'],
  [/\b(Bearer|Basic|DPoP) [\w.~+/=-]{8,}/g, '$1 [secret]'],
] as const;

/** For the object of a log call. Errors keep type, message, stack and code; nothing else that a library hung on them. */
// @check 267
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

export function scrub(line: string): string {
  return LOOKS_SECRET.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}

function redactObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, redactField(name, field, depth)]));
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (isSecretName(name, value)) return value === undefined ? undefined : '[redacted]';
  if (typeof value === 'string') return isAddressName(name) ? withoutQuery(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value, depth);
  if (value instanceof Date || name === 'req' || name === 'res') return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) return value.map((item: unknown) => redactField('', item, depth + 1));
  return redactObject(value, depth + 1);
}

/** `code` is an authorization code when it is long, and an error code like 57P01 or ECONNRESET otherwise. */
function isSecretName(name: string, value: unknown): boolean {
  if (name.toLowerCase() === 'code') return typeof value === 'string' && value.length >= 32;
  return SECRET_NAME.test(name) && !PUBLIC_NAME.test(name);
}

function isAddressName(name: string): boolean {
  return /^(?:.*ur[il]|path|referr?er|location)$/i.test(name);
}

/** Query strings and fragments carry codes, hints and states. */
export function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/s, '');
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause instanceof Error && depth < MAX_DEPTH ? errorFields(error.cause, depth + 1) : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(cause === undefined ? {} : { cause }),
  };
}
