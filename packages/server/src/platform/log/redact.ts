/** Keeps secrets out of log lines, in two ways: by the name of a field, and by what a secret looks like. */

const SECRET_NAME =
  /^(?:.*password.*|.*secret.*|.*token|.*cookie.*|authorization|.*assertion|code|code_?verifier|device_?code|user_?code|otp|recovery_?codes?|auth_?session|csrf|id_token_hint|api_?key|.*private.*|jwt|dpop|body|query|querystring|search)$/i;
/** These end like secrets and are none. */
const PUBLIC_NAME = /^(?:status_?code|requires_?password_?change|password_?grant.*)$/i;
const MAX_DEPTH = 6;

/** Characters of one value. What strangers send can be much longer than what helps to understand a line. */
const LONGEST_TEXT = 2_000;
const LONGEST_STACK = 8_000;

/**
 * The last net, over the whole line: generated secrets, passwords in connection strings, credentials of headers. The lines hold
 * what strangers send, so every pattern begins with letters that it must have and looks at each character a bounded number of
 * times.
 */
const LOOKS_SECRET = [
  [/(?<![a-z0-9])(authly_(?:pat|rt)_|cs_)[\w-]{16,}/gi, '$1[secret]'],
  [/(:\/\/[^\s:@/"]*):[^\s@/"]+@/g, '$1:[secret]@'],
  [/\b(Bearer|Basic|DPoP) [\w.~+/=-]{8,}/g, '$1 [secret]'],
] as const;

/** For the object of a log call. Errors keep type, message, stack and code; nothing else that a library hung on them. */
// @check 267
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0);
}

export function scrub(line: string): string {
  const tokenless = line.includes('eyJ') ? line.replace(/[\w.-]{10,}/g, withoutToken) : line;
  return LOOKS_SECRET.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), tokenless);
}

/** A signed or encrypted token is base64url that begins with `{"`, then a dot, then more. */
function withoutToken(word: string): string {
  const start = word.search(/(?<![a-z0-9])eyJ[\w-]{5}/i);
  return start >= 0 && word.includes('.', start) ? `${word.slice(0, start)}[token]` : word;
}

function cut(text: string, longest = LONGEST_TEXT): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}

function redactObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, redactField(name, field, depth)]));
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (isSecretName(name, value)) return value === undefined ? undefined : '[redacted]';
  if (typeof value === 'string') return cut(isAddressName(name) ? withoutQuery(value) : value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return errorFields(value, depth);
  if (value instanceof Date) return value;
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
function withoutQuery(address: string): string {
  const end = address.search(/[?#]/);
  return end < 0 ? address : address.slice(0, end);
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const cause = error.cause instanceof Error && depth < MAX_DEPTH ? errorFields(error.cause, depth + 1) : undefined;
  return {
    type: error.name,
    message: cut(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: cut(error.stack, LONGEST_STACK) }),
    ...(cause === undefined ? {} : { cause }),
  };
}
