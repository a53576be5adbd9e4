import { CLIENT_METADATA, CLIENT_METADATA_FIELDS, type MetadataField, type MetadataKind } from '@authly/oauth';
import { optionName } from '../../packages/cli/src/commands/client/metadata-options.ts';
import { kebab } from '../../packages/cli/src/program/option.ts';

/** The page about everything that can be said about a client, from the table that all of it is made from. */
export function files(): Record<string, string> {
  return { 'docs/reference/client-metadata.md': `${[...HEAD, ...CLIENT_METADATA_FIELDS.map(row)].join('\n')}\n` };
}

const HEAD = [
  '# Client metadata',
  '',
  'Generated from `packages/oauth/src/client/client-metadata.ts` by `npm run docs`.',
  '',
  'Everything that can be said about a client: as members of the bodies and answers of `/admin/clients`, and as options of',
  '`authly admin client create` and `update`. A field without a default can be absent; `null`, or an empty value on the command line,',
  'clears it. *Operator*: an administrator sets it, never the client itself. *Shown only*: no rule of the server reads it.',
  '',
  '| field | values | default | option | meaning |',
  '|---|---|---|---|---|',
];

function row(name: (typeof CLIENT_METADATA_FIELDS)[number]): string {
  const field: MetadataField = CLIENT_METADATA[name];
  const notes = [field.operatorOnly && ' *Operator.*', field.informational && ' *Shown only.*']
    .filter(Boolean)
    .join('');
  const cells = [
    `\`${name}\``,
    values(field),
    defaultOf(field),
    `\`--${kebab(optionName(name))}\``,
    `${field.says}.${notes}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function values(kind: MetadataKind): string {
  switch (kind.kind) {
    case 'text':
      return `text, at most ${kind.max} characters`;
    case 'flag':
      return 'true or false';
    case 'seconds':
      return `seconds, ${kind.min} to ${kind.max}`;
    case 'choice':
      return kind.choices
        .filter((choice) => !kind.reserved?.includes(choice))
        .map((choice) => `\`${choice}\``)
        .join(', ');
    case 'web-uri':
      return 'http or https address';
    case 'https-uri':
      return 'https address';
    case 'redirect-uri':
      return 'redirect address';
    case 'email':
      return 'e-mail address';
    case 'jwks':
      return 'JSON Web Key Set, public keys only';
    case 'list':
      return `list of at most ${kind.max}: ${values(kind.of)}`;
  }
}

function defaultOf({ default: usual, publicDefault }: MetadataField): string {
  const written = usual === undefined ? '' : code(usual);
  if (publicDefault === undefined) return written;
  return [written, `${code(publicDefault)} for public clients`].filter(Boolean).join('; ');
}

function code(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? 'none' : `\`${[value].flat().join(' ')}\``;
}
