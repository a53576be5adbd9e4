import { change } from '../../change.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { text, texts } from '../../program/option.js';
import { durationOf } from '../duration-of.js';
import { wordsOf } from '../words-of.js';
import { secretPlace } from '../secret-place.js';
import { apiKeyFields } from './fields.js';

export const createApiKey = defineCommand({
  name: 'create',
  summary: 'Create an API key.',
  description: ['The key belongs to you, unless --user or --client names another owner. It is shown once.'],
  options: {
    name: text('What it is for', { required: true }),
    scope: texts('What it may do (space-separated, can be used multiple times) [required]', { completes: 'scope' }),
    expires: text('How long it works: 30m, 12h, 90d, 1y; by default for ever', { placeholder: 'DURATION' }),
    user: text('Owner, by user name', { placeholder: 'USERNAME', completes: 'user' }),
    client: text('Owner, by client ID', { placeholder: 'CLIENT_ID', completes: 'client' }),
    secretFile: text('Write the key to this new file (mode 600) instead of showing it', {
      placeholder: 'PATH',
      completes: 'file',
    }),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin apikey create --name "Nightly report" --scope "read" --expires 90d',
        "$ authly admin apikey create --name ci --scope read --output json | jq -r '.api_key'",
      ],
    },
    {
      title: 'Security Notes',
      lines: ['Give a key the smallest scopes and an end.', 'Secret scanners find it by its prefix: authly_pat_'],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const place = secretPlace(options.secretFile);
    const { data } = await change(context, {
      route: 'createApiKey',
      summary: `create API key '${options.name}'`,
      input: {
        body: {
          name: options.name,
          scope: wordsOf(options.scope).join(' '),
          expires_in: durationOf('expires', options.expires),
          username: options.user,
          client_id: options.client,
        },
      },
    });
    const shown = place.keep(data.api_key);
    printOutcome(context, {
      json: place.path === undefined ? data : { ...data, api_key: null, api_key_file: place.path },
      done: 'API key created successfully',
      fields: apiKeyFields(data, shown),
      warning: place.path === undefined ? 'Save the API key securely - it cannot be retrieved again!' : undefined,
    });
  },
});
