import { change, confirmed } from '../../change.js';
import { explainErrorsOf } from '../../errors/api-error.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { oneLine } from '../../terminal/plain-text.js';
import { keySubject } from '../subject.js';

export const withdrawKey = defineCommand({
  name: 'withdraw',
  summary: 'End a signing key that has leaked.',
  description: [
    'The key leaves the key set at once, and this server takes nothing that it signed any more: people refresh or sign in again.',
    'Another key signs from then on. Services that hold a cached key set trust the leaked key until they fetch it again, an hour at most.',
  ],
  arguments: { kid: argument('Key ID') },
  shared: ['confirm', 'output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin keys withdraw KEY_ID --confirm'] }, EXIT_CODES],
  async run({ args: { kid } }, context) {
    await confirmed(context, `Withdraw key '${oneLine(kid)}'? Every token that it signed stops working at once.`);
    const input = { params: { kid } };
    const sent = change(context, { route: 'withdrawKey', summary: `withdraw key '${kid}'`, input });
    const { data } = await explainErrorsOf(keySubject(kid), sent);
    printOutcome(context, {
      json: data,
      done: 'Key withdrawn',
      fields: [
        ['Key ID', data.key.kid],
        ['Algorithm', data.key.algorithm],
        ['Signing Now', data.signing?.kid ?? 'none'],
      ],
    });
  },
});
