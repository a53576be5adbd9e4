import { planned } from '../../change.js';
import { printOutcome } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument, flag } from '../../program/option.js';

export const removeLogin = defineCommand({
  name: 'remove',
  summary: 'Forget a login, and with it its name in auth list.',
  description: ['Its tokens are revoked first, where the server can be reached.'],
  arguments: { name: argument('Name of the login, as auth list shows it', { completes: 'profile' }) },
  options: { local: flag('Do not ask the server; its tokens live on until they expire') },
  shared: ['output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin auth remove localhost-8000'] }, EXIT_CODES],
  async run({ options, args: { name } }, context) {
    if (context.shared.dryRun) planned(context, `forget the login '${name}'`);
    await context.session.remove(name, { localOnly: options.local });
    printOutcome(context, { json: { name, removed: true }, done: `Login ${name} removed` });
  },
});
