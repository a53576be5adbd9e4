import { AdminApiError } from '@authly/admin-api/client';
import { change } from '../../change.js';
import type { Context } from '../../context.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, flag, text, texts } from '../../program/option.js';
import { clientSubject } from '../subject.js';
import { oneOfTwo } from '../one-of-two.js';
import { requireChange } from '../require-change.js';
import { type Client, clientFields } from './fields.js';
import { metadataBody, metadataOptions } from './metadata-options.js';
import { wordsOf } from '../words-of.js';

export const updateClient = defineCommand({
  name: 'update',
  summary: 'Change a client.',
  description: ['Changes what is given and leaves the rest. An empty text clears: --logo-uri "".'],
  arguments: { clientId: argument('Client ID', { completes: 'client' }) },
  options: {
    ...metadataOptions,
    name: text('New client name'),
    redirectUri: texts('Redirect URI, replacing all (can be used multiple times)'),
    addRedirectUri: texts('Redirect URI to add (can be used multiple times)'),
    removeRedirectUri: texts('Redirect URI to remove (can be used multiple times)'),
    scope: texts('Scopes, replacing all (space-separated, can be used multiple times)', { completes: 'scope' }),
    adopt: flag('Answer for a client that registered itself: it is no stranger any more'),
    activate: flag('Activate the client', { alias: 'reactivate' }),
    deactivate: flag('Deactivate the client; its tokens end'),
  },
  shared: ['output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin client update CLIENT_ID --name "Updated Portal Name" \\',
        '    --logo-uri "https://portal.example.com/new-logo.png"',
        '$ authly admin client update CLIENT_ID --add-redirect-uri "https://portal.example.com/callback2"',
        '$ authly admin client update CLIENT_ID --deactivate',
      ],
    },
    {
      title: 'Limitations',
      lines: ['The client ID and the client type are fixed.', 'Clients that Authly itself needs are protected.'],
    },
    EXIT_CODES,
  ],
  async run({ options, args: { clientId } }, context) {
    const subject = clientSubject(clientId);
    const scopes = wordsOf(options.scope);
    const fixed = {
      client_name: options.name,
      redirect_uris: options.redirectUri.length > 0 ? [...options.redirectUri] : undefined,
      scope: options.scope.length > 0 ? scopes.join(' ') : undefined,
      origin: options.adopt ? ('admin' as const) : undefined,
      is_active: oneOfTwo(options, 'activate', 'deactivate'),
      ...metadataBody(options),
    };
    const edits = { add: options.addRedirectUri, remove: options.removeRedirectUri };
    const editing = edits.add.length + edits.remove.length > 0;
    if (!editing) requireChange(fixed, 'authly admin client update');
    const send = (more: object, ifMatch?: string) =>
      explainErrorsOf(
        subject,
        change(context, {
          route: 'updateClient',
          summary: `update client '${clientId}'`,
          input: { params: { client_id: clientId }, body: { ...fixed, ...more }, ifMatch },
        }),
      );
    const { data } = editing ? await editClient(context, { clientId, edits, send }) : await send({});
    printOutcome(context, { json: data, done: 'Client updated successfully', fields: clientFields(data) });
  },
});

interface Edit {
  readonly clientId: string;
  readonly edits: { readonly add: readonly string[]; readonly remove: readonly string[] };
  readonly send: (more: object, ifMatch?: string) => Promise<{ readonly data: Client }>;
}

// A list is read, changed and written back; the version makes sure that nobody's change in between is lost.
async function editClient(context: Context, { clientId, edits, send }: Edit): Promise<{ readonly data: Client }> {
  for (let attempt = 1; ; attempt += 1) {
    const { data, etag } = await explainErrorsOf(
      clientSubject(clientId),
      context.api.getClient({ params: { client_id: clientId } }),
    );
    const kept = data.redirect_uris.filter((uri) => !edits.remove.includes(uri));
    try {
      return await send({ redirect_uris: [...new Set([...kept, ...edits.add])] }, etag);
    } catch (error) {
      const stale = error instanceof Error && error.cause instanceof AdminApiError && error.cause.status === 412;
      if (!stale || attempt === 5) throw error;
    }
  }
}
