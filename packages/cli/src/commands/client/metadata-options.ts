import { readFileSync } from 'node:fs';
import type { BodyInput } from '@authly/admin-api/client';
import {
  CLIENT_METADATA,
  CLIENT_METADATA_FIELDS,
  type ClientMetadataField,
  clientProperty,
  type MetadataField,
  type MetadataKind,
} from '@authly/oauth';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import { choice, integer, kebab, type Option, text, texts, toggle } from '../../program/option.js';
import { wordsOf } from '../words-of.js';

/** The options of client metadata, made from its table, for the commands that create and change a client. */

/** Those that creating and changing a client declare for themselves. */
const APART = ['client_name', 'redirect_uris'] as const satisfies readonly ClientMetadataField[];

/** A field that the table gets tomorrow is an option tomorrow; only those that are named here are known by name. */
export type MetadataOptions = { readonly [Name in string]: Option<unknown> };
type MetadataBody = Pick<BodyInput<'updateClient'>, Exclude<ClientMetadataField, (typeof APART)[number]>>;
type Given = Readonly<Record<string, unknown>>;

export const metadataOptions: MetadataOptions = Object.fromEntries(
  CLIENT_METADATA_FIELDS.filter((field) => !(APART as readonly string[]).includes(field)).map((field) => [
    optionName(field),
    optionOf(CLIENT_METADATA[field]),
  ]),
);

/** The body of those options; what was not given is absent, an empty value clears. */
export function metadataBody(given: Given): MetadataBody {
  const entries = CLIENT_METADATA_FIELDS.filter((field) => optionName(field) in metadataOptions).map((field) => [
    field,
    valueOf(field, given[optionName(field)]),
  ]);
  return Object.fromEntries(entries) as MetadataBody;
}

/** The name of the option of a field, in camel case. */
export function optionName(field: ClientMetadataField): string {
  const { kind, option }: MetadataField = CLIENT_METADATA[field];
  return kind === 'jwks' ? `${clientProperty(field)}File` : (option ?? clientProperty(field));
}

function optionOf(field: MetadataField): Option<unknown> {
  const clears = field.default === undefined ? ({ clears: true } as const) : {};
  switch (field.kind) {
    case 'flag':
      return toggle(field.says);
    case 'seconds':
      return { ...integer(field.says, { min: field.min }), ...clears };
    case 'choice':
      return { ...choice([...field.choices, ...Object.keys(field.short ?? {})], field.says), ...clears };
    case 'jwks':
      return text(`File with them: ${field.says}`, { placeholder: 'PATH', completes: 'file' });
    case 'list':
      return texts(`${field.says}${choicesOf(field.of)} (can be used multiple times)`);
    case 'text':
    case 'email':
    case 'web-uri':
    case 'https-uri':
    case 'redirect-uri':
      return text(field.says);
  }
}

function choicesOf(kind: MetadataKind): string {
  if (kind.kind !== 'choice') return '';
  const names = spellingsOf(kind).map(([short]) => short);
  return names.length === 1 ? '' : `: ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** What people type for each choice, and what it means. */
function spellingsOf(kind: MetadataKind & { readonly kind: 'choice' }): readonly (readonly [string, string])[] {
  const short = Object.entries(kind.short ?? {});
  return kind.choices
    .filter((name) => !kind.reserved?.includes(name))
    .map((name) => [short.find(([, full]) => full === name)?.[0] ?? name, name]);
}

function valueOf(name: ClientMetadataField, given: unknown): unknown {
  const field: MetadataField = CLIENT_METADATA[name];
  if (given === undefined) return undefined;
  if (given === '') return null;
  if (field.kind === 'jwks') return readJwks(String(given));
  if (field.kind === 'choice') return field.short?.[String(given)] ?? given;
  if (field.kind !== 'list') return given;
  const entries = given as readonly string[];
  if (entries.length === 0) return undefined;
  const { of } = field;
  if (of.kind !== 'choice') return entries.filter((entry) => entry !== '');
  return wordsOf(entries).map((word) => findChoice(word, of, `--${kebab(optionName(name))}`));
}

function findChoice(word: string, kind: MetadataKind & { readonly kind: 'choice' }, option: string): string {
  const known = spellingsOf(kind).find((spellings) => spellings.includes(word));
  if (known) return known[1];
  throw new CliError({
    message: `Unknown value of ${option}: ${word}`,
    reason: `It must be one of ${spellingsOf(kind)
      .map(([short]) => short)
      .join(', ')}.`,
    hint: `Nothing was changed. Correct ${option} and run the command again.`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}

// What its members may be is checked where it is sent to.
type Jwks = NonNullable<BodyInput<'createClient'>['jwks']>;

function readJwks(path: string): Jwks {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isJwks(content)) return content;
  } catch (cause) {
    throw jwksError(path, cause instanceof SyntaxError ? 'It is not JSON.' : `It cannot be read.`);
  }
  throw jwksError(path, 'It has no array named "keys".');
}

function isJwks(value: unknown): value is Jwks {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

function jwksError(path: string, reason: string): CliError {
  return new CliError({
    message: `${path} is not a JSON Web Key Set`,
    reason,
    hint: 'It must look like {"keys": [{"kty": "EC", …}]} and hold public keys only.',
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
