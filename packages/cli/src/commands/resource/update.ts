import { AdminApiError } from '@authly/admin-api/client';
import { change } from '../../change.js';
import type { Context } from '../../context.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, flag, text, texts, toggle } from '../../program/option.js';
import { durationOf } from '../duration-of.js';
import { oneOfTwo } from '../one-of-two.js';
import { requireChange } from '../require-change.js';
import { resourceSubject } from '../subject.js';
import { wordsOf } from '../words-of.js';
import { type Resource, resourceFields, resourceWarning } from './fields.js';

export const updateResource = defineCommand({
  name: 'update',
  summary: 'Change a registered API.',
  description: ['Changes what is given and leaves the rest.'],
  arguments: { resource: argument('Its address or its ID') },
  options: {
    name: text('New name'),
    scope: texts('Scopes, replacing all (space-separated, can be used multiple times)', { completes: 'scope' }),
    defaultScope: texts('Default scopes, replacing all', { completes: 'scope' }),
    open: toggle('Any client may ask for it, also one that nobody registered'),
    addClient: texts('Client that may ask for it', { completes: 'client' }),
    removeClient: texts('Client that may not ask for it any more', { completes: 'client' }),
    tokenLifetime: text('How long its tokens live at the most: 90s, 10m, 1h; "" for as long as others', {
      placeholder: 'DURATION',
    }),
    activate: flag('Activate the resource', { alias: 'reactivate' }),
    deactivate: flag('Deactivate the resource; no token is issued for it'),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin resource update https://notes.example.com/mcp --no-open --add-client CLIENT_ID',
        '$ authly admin resource update https://notes.example.com/mcp --default-scope "notes:read notes:search"',
      ],
    },
    { title: 'Limitations', lines: ['The address of a resource is fixed: tokens hold it.'] },
    EXIT_CODES,
  ],
  async run({ options, args: { resource } }, context) {
    const body = {
      name: options.name,
      scopes: options.scope.length > 0 ? [...wordsOf(options.scope)] : undefined,
      default_scopes: options.defaultScope.length > 0 ? [...wordsOf(options.defaultScope)] : undefined,
      open: options.open,
      token_lifetime: options.tokenLifetime === '' ? null : durationOf('token-lifetime', options.tokenLifetime),
      is_active: oneOfTwo(options, 'activate', 'deactivate'),
    };
    const edits = { add: options.addClient, remove: options.removeClient };
    const isEditing = edits.add.length + edits.remove.length > 0;
    if (!isEditing) requireChange(body, 'authly admin resource update');
    const send = (more: object, ifMatch?: string) =>
      explainErrorsOf(
        resourceSubject(resource),
        change(context, {
          route: 'updateResource',
          summary: `update resource '${resource}'`,
          input: { params: { resource_id: resource }, body: { ...body, ...more }, ifMatch },
        }),
      );
    const { data } = isEditing ? await editClients(context, { resource, edits, send }) : await send({});
    printOutcome(context, {
      json: data,
      done: 'Resource updated successfully',
      fields: resourceFields(data),
      warning: resourceWarning(data),
    });
  },
});

interface Edit {
  readonly resource: string;
  readonly edits: { readonly add: readonly string[]; readonly remove: readonly string[] };
  readonly send: (more: object, ifMatch?: string) => Promise<{ readonly data: Resource }>;
}

// The list is read, changed and written back; the version makes sure that nobody's change in between is lost.
async function editClients(context: Context, { resource, edits, send }: Edit): Promise<{ readonly data: Resource }> {
  for (let attempt = 1; ; attempt += 1) {
    const { data, etag } = await explainErrorsOf(
      resourceSubject(resource),
      context.api.getResource({ params: { resource_id: resource } }),
    );
    const kept = data.clients.filter((client) => !edits.remove.includes(client));
    try {
      return await send({ clients: [...new Set([...kept, ...edits.add])] }, etag);
    } catch (error) {
      const isStale = error instanceof Error && error.cause instanceof AdminApiError && error.cause.status === 412;
      if (!isStale || attempt === 5) throw error;
    }
  }
}
