import { shortenHome } from '../../config/home.js';
import type { Context } from '../../context.js';
import { fieldLines } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import type { SessionState } from '../../session/session.js';
import { oneLine, safeJson } from '../../terminal/plain-text.js';
import { utc } from '../../terminal/time.js';
import { stateJson } from '../../session/state-json.js';
import { askCaller } from './ask-caller.js';

export const whoami = defineCommand({
  name: 'whoami',
  summary: 'Show current authentication status.',
  description: ['Asks the server, so that a login that was ended there is not shown as one.'],
  shared: ['output', 'verbose'],
  sections: [
    { title: 'Examples', lines: ['$ authly admin auth whoami', '$ authly admin auth whoami --verbose'] },
    EXIT_CODES,
  ],
  async run(_given, context) {
    const { username, subject, email, isAdmin, keyScopes } = await askCaller(context);
    // Read afterwards: the call may have refreshed the token.
    const known = await context.session.state();
    const state = { ...known, scopes: keyScopes ?? known.scopes };
    if (context.output === 'json') {
      const who = { username, subject, email, is_admin: isAdmin };
      return context.terminal.print(safeJson({ ...stateJson(state, context), authenticated: true, ...who }));
    }
    printState(state, username, context);
    if (context.shared.verbose) printDetails(state, context);
  },
});

function printState(state: SessionState, username: string, { terminal }: Context): void {
  const mark = terminal.color.green('✓');
  terminal.print(`${mark} Authenticated as: ${oneLine(username)}`);
  terminal.print(`${mark} Token expires: ${state.expiresAt ? utc(state.expiresAt) : 'never, as far as is known here'}`);
  if (state.scopes.length > 0) terminal.print(`${mark} Scopes: ${oneLine(state.scopes.join(', '))}`);
}

function printDetails(state: SessionState, { terminal, config }: Context): void {
  const lines = fieldLines([
    ['API URL', config.values.apiUrl],
    ['Profile', state.profile],
    ['Credential from', state.source],
    ['Login method', state.method],
    ['Token type', 'Bearer'],
    ['Refreshed automatically', state.refreshable && config.values.autoRefresh ? 'yes' : 'no'],
    ['Token file', shortenHome(state.storage.path, config.env)],
    ['Token storage', `${state.storage.backend}${state.storage.encrypted ? ', encrypted' : ''}`],
  ]);
  for (const line of lines) terminal.print(line);
  for (const warning of state.warnings) terminal.tell(`⚠️  ${oneLine(warning)}`);
}
