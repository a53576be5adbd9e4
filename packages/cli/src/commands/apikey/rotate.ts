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
import { apiKeySubject } from '../subject.js';
import { apiKeyFields } from './fields.js';

export const rotateApiKey = defineCommand({
  name: 'rotate',
  summary: 'Replace an API key by a new one.',
  arguments: { id: argument('API key ID') },
  options: {
    overlap: text('How long the old key works on, at most 30 days: 90s, 30m, 12h, 7d', {
      placeholder: 'DURATION',
      default: '0',
    }),
    expires: text('How long the new key works; by default as long as the old one was to', { placeholder: 'DURATION' }),
    secretFile: text('Write the key to this new file (mode 600) instead of showing it', {
      placeholder: 'PATH',
      completes: 'file',
    }),
  },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin apikey rotate KEY_ID --overlap 24h --confirm'] }, EXIT_CODES],
  async run({ options, args: { id } }, context) {
    const subject = apiKeySubject(id);
    const overlap = durationOf('overlap', options.overlap) ?? 0;
    const expires = durationOf('expires', options.expires);
    await confirmed(
      context,
      `Replace API key '${oneLine(id)}'?${overlap === 0 ? ' The old one stops working at once.' : ''}`,
    );
    const place = secretPlace(options.secretFile);
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'rotateApiKey',
        summary: `replace API key '${id}'`,
        input: { params: { id }, body: { overlap_seconds: overlap, expires_in: expires } },
      }),
    );
    const shown = place.keep(data.api_key);
    printOutcome(context, {
      json: place.path === undefined ? data : { ...data, api_key: null, api_key_file: place.path },
      done: 'API key rotated successfully',
      fields: [
        ...apiKeyFields(data, shown),
        ['Old Key Works Until', data.previous_expires_at && utc(data.previous_expires_at)],
      ],
      warning: place.path === undefined ? 'Save the API key securely - it cannot be retrieved again!' : undefined,
    });
  },
});
