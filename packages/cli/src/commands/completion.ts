import { completionScript, SHELLS } from '../completion/script.js';
import { defineCommand } from '../program/command.js';
import { type Argument } from '../program/option.js';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';

const shellArgument: Argument<string> = { description: `One of ${SHELLS.join(', ')}`, required: true, choices: SHELLS };

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a script that completes commands and options in your shell.',
  description: [
    'Names of logins are completed from this computer; those of clients, scopes and users are asked of the server, as the',
    'one who is logged in, while you wait for two seconds at most.',
  ],
  arguments: { shell: shellArgument },
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Now, in this shell',
        '$ source <(authly completion bash)',
        '',
        '# In every new shell',
        '$ authly --install-completion',
      ],
    },
  ],
  async run({ args: { shell } }, { terminal }) {
    const known = SHELLS.find((name) => name === shell);
    if (!known)
      throw new CliError({
        message: `There is no completion for ${shell}`,
        reason: `It must be one of ${SHELLS.join(', ')}.`,
        hint: 'See: authly completion --help',
        code: 'usage',
        exitCode: EXIT.validation,
      });
    const { wholeTree } = await import('../command-tree.js');
    terminal.streams.stdout.write(completionScript(known, await wholeTree()));
  },
});
