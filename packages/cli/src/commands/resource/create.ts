import { change } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, flag, text, texts } from '../../program/option.js';
import { durationOf } from '../duration-of.js';
import { resourceSubject } from '../subject.js';
import { wordsOf } from '../words-of.js';
import { resourceFields, resourceWarning } from './fields.js';

export const createResource = defineCommand({
  name: 'create',
  summary: 'Register an API that access tokens can be for.',
  description: [
    'The identifier is the address that people type, such as that of an MCP server. It is what aud of its tokens says.',
    'Scopes that do not exist are made; describe them with: authly admin scope update.',
  ],
  arguments: { identifier: argument('Address of the API') },
  options: {
    name: text('Name that people see', { required: true }),
    scope: texts('Scopes of the API (space-separated, can be used multiple times)', { completes: 'scope' }),
    defaultScope: texts('What a client gets that names no scope; part of the scopes', { completes: 'scope' }),
    open: flag('Any client may ask for it, also one that nobody registered'),
    client: texts('Client that may ask for it, where it is not open', { completes: 'client' }),
    tokenLifetime: text('How long its tokens live at the most: 90s, 10m, 1h', { placeholder: 'DURATION' }),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# An MCP server for any MCP client',
        '$ authly admin resource create https://notes.example.com/mcp --name "Notes" \\',
        '    --scope notes:read --scope notes:write --default-scope notes:read --open',
        '',
        '# An API for two applications',
        '$ authly admin resource create https://api.example.com --name "Orders" --scope orders \\',
        '    --default-scope orders --client CLIENT_ID --client OTHER_CLIENT_ID',
      ],
    },
    EXIT_CODES,
  ],
  async run({ args: { identifier }, options }, context) {
    const { data } = await explainErrorsOf(
      resourceSubject(identifier),
      change(context, {
        route: 'createResource',
        summary: `register resource '${identifier}'`,
        input: {
          body: {
            identifier,
            name: options.name,
            scopes: [...wordsOf(options.scope)],
            default_scopes: [...wordsOf(options.defaultScope)],
            open: options.open,
            clients: [...options.client],
            token_lifetime: durationOf('token-lifetime', options.tokenLifetime),
          },
        },
      }),
    );
    printOutcome(context, {
      json: data,
      done: 'Resource registered successfully',
      fields: resourceFields(data),
      warning: resourceWarning(data),
    });
  },
});
