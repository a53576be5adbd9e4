import { planned } from '../../change.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { safeJson } from '../../terminal/plain-text.js';
import { utc } from '../../terminal/time.js';
import { stateJson } from '../../session/state-json.js';
import { askCaller } from './ask-caller.js';

export const refresh = defineCommand({
  name: 'refresh',
  summary: 'Refresh authentication tokens.',
  description: ['Tokens are refreshed by themselves before they expire; this does it now.'],
  shared: ['output', 'dryRun'],
  sections: [{ title: 'Examples', lines: ['$ authly admin auth refresh'] }, EXIT_CODES],
  async run(_given, context) {
    const { terminal, session } = context;
    if (context.shared.dryRun) planned(context, `refresh the token for ${context.config.values.apiUrl}`);
    await session.token({ forceRefresh: true });
    await askCaller(context);
    const state = await session.state();
    if (context.output === 'json') return terminal.print(safeJson({ refreshed: true, ...stateJson(state, context) }));
    terminal.print(`${terminal.color.green('✓')} Token refreshed successfully`);
    terminal.print(`New expiration: ${utc(state.expiresAt)}`);
    terminal.print('Token verified - authentication active');
  },
});
