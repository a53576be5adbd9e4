import { planned } from '../../change.js';
import { shortenHome } from '../../config/home.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { flag } from '../../program/option.js';
import { oneLine, safeJson } from '../../terminal/plain-text.js';

export const logout = defineCommand({
  name: 'logout',
  summary: 'Logout from the Authly Admin API.',
  description: ['Revokes the tokens on the server and deletes them here; here in any case.'],
  options: {
    all: flag('End every login on this computer, for every server'),
    local: flag('Do not ask the server; its tokens live on until they expire'),
  },
  shared: ['output', 'dryRun'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin auth logout', '$ authly admin auth logout --all'] },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { terminal, config, session } = context;
    if (context.shared.dryRun)
      planned(context, options.all ? 'end every login' : `log out from ${config.values.apiUrl}`);
    if (context.output !== 'json')
      terminal.tell(`Server: ${options.all ? 'every one of this computer' : config.values.apiUrl}`);
    const { storage } = await session.state();
    const result = await session.logout({ all: options.all, localOnly: options.local });
    if (result.revocation === 'failed')
      terminal.tell('⚠️  The server could not be told; the tokens are gone here, and live there until they expire.');
    for (const warning of result.warnings) terminal.tell(`⚠️  ${oneLine(warning)}`);
    if (context.output === 'json') return terminal.print(safeJson({ logged_out: result.ended > 0, ...result }));
    if (result.ended === 0) return terminal.print(`${terminal.color.green('✓')} Already logged out`);
    terminal.print(`${terminal.color.green('✓')} Successfully logged out`);
    terminal.print(`Tokens cleared from ${shortenHome(storage.path, config.env)}`);
  },
});
