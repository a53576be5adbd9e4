import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, integer, text } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { utc } from '../../terminal/time.js';
import { durationOf } from '../duration-of.js';
import { clientSubject } from '../subject.js';

export const createRegistrationToken = defineCommand({
  name: 'registration-token',
  summary: 'Create a token with which others register clients.',
  description: ['Whoever has it registers a client at /api/v1/oauth/register, with any address, so many times.'],
  options: {
    uses: integer('How many clients may register with it', { min: 1, default: '1' }),
    expires: text('How long it is good: 30m, 12h, 7d', { placeholder: 'DURATION', default: '24h' }),
  },
  shared: ['output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin client registration-token --uses 20 --expires 7d'] },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { data } = await change(context, {
      route: 'createRegistrationToken',
      summary: 'create a registration token',
      input: { body: { uses: options.uses, expires_in_seconds: durationOf('expires', options.expires) } },
    });
    printOutcome(context, {
      json: data,
      done: 'Registration token created successfully',
      fields: [
        ['Registration Token', data.registration_token],
        ['Uses', data.uses],
        ['Expires', utc(data.expires_at)],
      ],
      warning: 'Save the token now: it is not shown again.',
    });
  },
});

export const resetRegistrationToken = defineCommand({
  name: 'reset-registration',
  summary: 'Give a client that registered itself a new token to manage its registration.',
  arguments: { clientId: argument('Client ID', { completes: 'client' }) },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin client reset-registration CLIENT_ID'] }, EXIT_CODES],
  async run({ args: { clientId } }, context) {
    const subject = clientSubject(clientId);
    await confirmed(context, `Give client '${oneLine(clientId)}' a new registration token? The one before ends.`);
    const { data } = await explainErrorsOf(
      subject,
      change(context, {
        route: 'resetRegistrationToken',
        summary: `reset the registration token of client '${clientId}'`,
        input: { params: { client_id: clientId } },
      }),
    );
    printOutcome(context, {
      json: data,
      done: 'Registration token replaced successfully',
      fields: [
        ['Client ID', data.client_id],
        ['Registration Token', data.registration_access_token],
      ],
      warning: 'Save the token now: it is not shown again.',
    });
  },
});
