import { planned } from '../../change.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import { printOutcome } from '../../output.js';

export const switchLogin = defineCommand({
  name: 'switch',
  summary: 'Use another login from now on.',
  arguments: { name: argument('Name of the login, as auth list shows it', { completes: 'profile' }) },
  shared: ['output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin auth switch auth.mycompany.com'] }, EXIT_CODES],
  async run({ args: { name } }, context) {
    if (context.shared.dryRun) planned(context, `switch to '${name}'`);
    const profile = await context.session.switchTo(name);
    printOutcome(context, {
      json: { name: profile.name, api_url: profile.apiUrl ?? null, username: profile.username ?? null },
      done: `Now using ${profile.name}`,
      fields: [
        ['API URL', profile.apiUrl],
        ['Username', profile.username],
      ],
    });
  },
});
