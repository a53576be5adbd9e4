import { change } from '../../change.js';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { choice, text, texts, without } from '../../program/option.js';
import { secretPlace } from '../secret-place.js';
import { clientBody, clientFields, clientOptions, scopeList } from './fields.js';

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
    type: choice(['public', 'confidential'], 'Client type', { required: true }),
    // Required as well, except for a service that never redirects anybody.
    redirectUri: texts('Redirect URI (can be specified multiple times) [required]'),
    scope: texts('Default scopes (space-separated, can be used multiple times)', { completes: 'scope' }),
    ...clientOptions,
    noPkce: without('Do not require PKCE from this client'),
    secretFile: text('Write the secret to this new file (mode 600) instead of showing it', {
      placeholder: 'PATH',
      completes: 'file',
    }),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Create a public client for a React SPA',
        '$ authly client create --name "My React App" --type public \\',
        '    --redirect-uri "http://localhost:3000/callback"',
        '',
        '# Create a confidential client for a backend API',
        '$ authly client create --name "Backend Service" --type confidential \\',
        '    --redirect-uri "https://api.example.com/oauth/callback" \\',
        '    --scope "read write admin"',
      ],
    },
    {
      title: 'Authentication Methods',
      lines: [
        'client_secret_basic  Secret in the Authorization header (default for confidential clients)',
        'client_secret_post   Secret in the request body',
        'private_key_jwt      A signed assertion; needs --jwks-uri or --jwks-file',
        'none                 No authentication (public clients)',
      ],
    },
    {
      title: 'Security Notes',
      lines: [
        'The secret is shown once and stored as a hash only: it cannot be retrieved again.',
        'PKCE is required from every client unless --no-pkce is given.',
        'Redirect URIs are compared character by character; wildcards are refused.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const fields = clientBody(options);
    checkRedirects(options.redirectUri, fields.grant_types);
    const place = secretPlace(options.secretFile);
    const scopes = scopeList(options.scope);
    const { data } = await change(context, {
      route: 'createClient',
      summary: `create client '${options.name}'`,
      input: {
        body: {
          client_name: options.name,
          client_type: options.type,
          redirect_uris: [...options.redirectUri],
          ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
          require_pkce: !options.noPkce,
          ...fields,
        },
      },
    });
    const secret = data.client_secret === null ? null : place.keep(data.client_secret);
    printOutcome(context, {
      json: place.path === undefined ? data : { ...data, client_secret: null, client_secret_file: place.path },
      done: 'Client created successfully',
      fields: clientFields(data, secret),
      warning:
        data.client_secret === null || place.path !== undefined
          ? undefined
          : 'Save the client secret securely - it cannot be retrieved again!',
    });
  },
});

function checkRedirects(given: readonly string[], grants: readonly string[] | undefined): void {
  if (given.length > 0 || (grants && !grants.includes('authorization_code'))) return;
  throw new CliError({
    message: 'Missing option: --redirect-uri',
    reason: 'A client that signs people in needs an address to send them back to.',
    hint: 'See: authly admin client create --help',
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
