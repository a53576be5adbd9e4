import { PRESET_NAMES, type Reply } from '@authly/admin-api/client';
import { change } from '../../change.js';
import type { Context } from '../../context.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { choice, text, texts } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { secretPlace } from '../secret-place.js';
import { clientFields, lookalikes } from './fields.js';
import { metadataBody, metadataOptions } from './metadata-options.js';
import { wordsOf } from '../words-of.js';

type Created = Reply<'createClient'>;

export const createClient = defineCommand({
  name: 'create',
  summary: 'Create a new OAuth 2.1 client.',
  description: [
    'Creates an OAuth client application that can request authorization.',
    "Public clients (SPAs, mobile) don't receive a secret.",
    'Confidential clients (backend) receive a client secret.',
  ],
  options: {
    name: text('Client name', { required: true }),
    type: choice(['public', 'confidential'], 'Client type', { required: true, unless: 'preset' }),
    redirectUri: texts(
      'Redirect URI (can be specified multiple times); needed unless --grant-type leaves authorization_code out',
      { neededWith: ({ preset, grantType }) => preset === undefined && signsPeopleIn(grantType) },
    ),
    scope: texts('Default scopes (space-separated, can be used multiple times)', { completes: 'scope' }),
    preset: choice(PRESET_NAMES, 'Register it as this software needs it, and show what to tell that software'),
    secretFile: text('Write the secret to this new file (mode 600) instead of showing it', {
      placeholder: 'PATH',
      completes: 'file',
    }),
    ...metadataOptions,
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Create a public client for a React SPA',
        '$ authly admin client create --name "My React App" --type public \\',
        '    --redirect-uri "http://localhost:3000/callback"',
        '',
        '# Register a Next.js application, and show what its files must say',
        '$ authly admin client create --name "My App" --preset authjs',
        '',
        '# Create a confidential client for a backend API',
        '$ authly admin client create --name "Backend Service" --type confidential \\',
        '    --redirect-uri "https://api.example.com/oauth/callback" \\',
        '    --scope "read write admin"',
      ],
    },
    {
      title: 'Authentication Methods',
      lines: [
        'A confidential client may send its secret in the header or in the body, unless one of these is given:',
        'client_secret_basic  Secret in the Authorization header only',
        'client_secret_post   Secret in the request body only',
        'private_key_jwt      A signed assertion; needs --jwks-uri or --jwks-file',
        'none                 No authentication (public clients)',
      ],
    },
    {
      title: 'Security Notes',
      lines: [
        'The secret is shown once and stored as a hash only: it cannot be retrieved again.',
        'A public client must use PKCE. A confidential one must use PKCE or send a nonce with the scope openid;',
        '--pkce required demands PKCE, --pkce off demands neither and leaves its codes unprotected against injection.',
        '--first-party skips the question whether the application may; only for applications of your own.',
        'Redirect URIs are compared character by character; wildcards are refused.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { preset } = options;
    const metadata = metadataBody(options);
    const place = secretPlace(options.secretFile);
    const { data } = await change(context, {
      route: 'createClient',
      summary: `create client '${options.name}'`,
      input: {
        body: {
          client_name: options.name,
          client_type: options.type,
          preset,
          redirect_uris: options.redirectUri.length > 0 ? [...options.redirectUri] : undefined,
          scope: options.scope.length > 0 ? wordsOf(options.scope).join(' ') : undefined,
          ...metadata,
        },
      },
    });
    const secret = data.client_secret === null ? null : place.keep(data.client_secret);
    const shown = place.path === undefined ? data : withoutSecret(data, place.path);
    printOutcome(context, {
      json: shown,
      done: 'Client created successfully',
      fields: clientFields(data, secret),
      warning: warningsOf(data, place.path !== undefined),
    });
    if (shown.preset && context.output !== 'json') printPreset(context, shown.preset);
  },
});

function warningsOf(data: Created, isKept: boolean): string | undefined {
  const secret =
    data.client_secret === null || isKept
      ? undefined
      : 'Save the client secret securely - it cannot be retrieved again!';
  const warnings = [lookalikes(data), secret].filter((line) => line !== undefined);
  return warnings.length === 0 ? undefined : warnings.join(' ');
}

type Told = NonNullable<Created['preset']>;

/** The answer as it is shown where the secret went into a file. */
function withoutSecret(data: Created, path: string): Created & { readonly client_secret_file: string } {
  const { client_secret: secret, preset } = data;
  const files = preset?.files.map((file) => ({
    ...file,
    text: secret === null ? file.text : file.text.replaceAll(secret, `<the content of ${path}>`),
  }));
  return {
    ...data,
    client_secret: null,
    client_secret_file: path,
    ...(preset && files ? { preset: { ...preset, files } } : {}),
  };
}

function printPreset({ terminal }: Context, { title, files, notes }: Told): void {
  for (const { path, text: content } of files) {
    terminal.print();
    terminal.print(terminal.color.bold(oneLine(`${title}: ${path}`)));
    terminal.print();
    for (const line of content.trimEnd().split('\n')) terminal.print(oneLine(line));
  }
  for (const note of notes) {
    terminal.print();
    terminal.print(oneLine(note));
  }
}

/** Without a word about grants it does. */
function signsPeopleIn(grants: unknown): boolean {
  const named = Array.isArray(grants) ? wordsOf(grants.map(String)) : [];
  return named.length === 0 || named.includes('authorization_code');
}
