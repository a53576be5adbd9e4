import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, text } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { utc } from '../../terminal/time.js';
import { durationOf } from '../duration-of.js';
import { secretPlace } from '../secret-place.js';
import { clientSubject } from '../subject.js';

export const regenerateSecret = defineCommand({
  name: 'regenerate-secret',
  summary: 'Give a confidential client a new secret.',
  arguments: { clientId: argument('Client ID', { completes: 'client' }) },
  options: {
    overlap: text('How long the old secret works on, at most 30 days: 90s, 30m, 12h, 7d', {
      placeholder: 'DURATION',
      default: '0',
    }),
    secretFile: text('Write the secret to this new file (mode 600) instead of showing it', {
      placeholder: 'PATH',
      completes: 'file',
    }),
  },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# A secret has leaked: the old one stops at once',
        '$ authly admin client regenerate-secret CLIENT_ID',
        '',
        '# A planned change: both work for a day',
        '$ authly admin client regenerate-secret CLIENT_ID --overlap 24h --confirm',
      ],
    },
    {
      title: 'Important',
      lines: ['Without --overlap the old secret stops working at once.', 'The new secret is shown once.'],
    },
    {
      title: 'Security Best Practices',
      lines: [
        'Change secrets on a schedule, with an overlap.',
        'After a leak change it without one.',
        'Keep it in a secret store, never in the source code.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options, args: { clientId } }, context) {
    const subject = clientSubject(clientId);
    const overlap = durationOf('overlap', options.overlap) ?? 0;
    const effect =
      overlap === 0 ? 'The old one stops working at once.' : `The old one works on for ${options.overlap}.`;
    await confirmed(context, `Give client '${oneLine(clientId)}' a new secret? ${effect}`);
    const place = secretPlace(options.secretFile);
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'regenerateClientSecret',
        summary: `regenerate the secret of client '${clientId}'`,
        input: { params: { client_id: clientId }, body: { overlap_seconds: overlap } },
      }),
    );
    const secret = place.keep(data.client_secret);
    const hidden = { client_secret: null, new_secret: null, client_secret_file: place.path };
    printOutcome(context, {
      json: place.path === undefined ? data : { ...data, ...hidden },
      done: 'Client secret regenerated successfully',
      fields: [
        ['Client ID', data.client_id],
        ['Client Secret', secret],
        ['Name', data.client_name],
        ['Old Secret Works Until', data.previous_secret_expires_at && utc(data.previous_secret_expires_at)],
      ],
      warning: place.path === undefined ? 'Save the client secret securely - it cannot be retrieved again!' : undefined,
    });
  },
});
