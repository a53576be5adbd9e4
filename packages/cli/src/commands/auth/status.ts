import type { Reply } from '@authly/admin-api/client';
import type { Context } from '../../context.js';
import { explain } from '../../errors/explain.js';
import { EXIT, type ExitCode } from '../../errors/exit-code.js';
import { fieldLines } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import type { SessionState } from '../../session/session.js';
import { oneLine, safeJson } from '../../terminal/plain-text.js';
import { utc } from '../../terminal/time.js';
import { stateJson } from '../../session/state-json.js';

export const authStatus = defineCommand({
  name: 'status',
  summary: 'Show authentication and API status.',
  description: ['Ends with 7 when the API cannot be reached, and with 2 when nobody is logged in.'],
  shared: ['output', 'verbose'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Basic auth status',
        '$ authly admin auth status',
        '',
        '# Detailed auth status with token info',
        '$ authly admin auth status --verbose',
      ],
    },
    EXIT_CODES,
  ],
  async run(_given, context): Promise<ExitCode> {
    const [health, state] = await Promise.all([healthOf(context), context.session.state()]);
    const system = health.ok && state.authenticated ? await systemOf(context) : undefined;
    const authenticated = state.authenticated && system?.problem?.exitCode !== EXIT.authentication;
    if (context.output === 'json') {
      const found = {
        api: { url: context.config.values.apiUrl, health: health.word, problem: health.problem ?? null },
      };
      const counts = system?.status && {
        database: system.status.database,
        clients: system.status.clients,
        scopes_total: system.status.scopes,
      };
      context.terminal.print(safeJson({ ...stateJson(state, context), authenticated, ...found, ...counts }));
    } else {
      printStatus(context, { health, state, authenticated, system });
    }
    if (!health.ok) return EXIT.network;
    return authenticated ? EXIT.ok : EXIT.authentication;
  },
});

interface Health {
  readonly ok: boolean;
  readonly word: string;
  readonly problem?: string;
}

async function healthOf({ api }: Context): Promise<Health> {
  try {
    const { data } = await api.adminHealth();
    return { ok: true, word: data.status };
  } catch (error) {
    const { message, reason = '' } = explain(error);
    return { ok: false, word: 'not available', problem: `${message}: ${reason}` };
  }
}

interface SystemAnswer {
  readonly status?: Reply<'getStatus'>;
  readonly problem?: ReturnType<typeof explain>;
}

// A token without admin:system:read is still a login; only the numbers are missing then.
async function systemOf({ api }: Context): Promise<SystemAnswer> {
  try {
    const { data } = await api.getStatus();
    return { status: data };
  } catch (error) {
    return { problem: explain(error) };
  }
}

interface Findings {
  readonly health: Health;
  readonly state: SessionState;
  readonly authenticated: boolean;
  readonly system: SystemAnswer | undefined;
}

function printStatus(context: Context, { health, state, authenticated, system }: Findings): void {
  const { terminal, config } = context;
  const mark = (good: boolean) => (good ? terminal.color.green('✓') : terminal.color.red('✗'));
  terminal.print(`${mark(health.ok)} API Health: ${oneLine(health.word)}`);
  terminal.print(`API URL: ${config.values.apiUrl}`);
  if (health.problem) terminal.print(`Problem: ${oneLine(health.problem)}`);
  terminal.print(`${mark(authenticated)} Authentication: ${authenticated ? 'Logged in' : 'Not logged in'}`);
  const status = system?.status;
  if (status) {
    terminal.print(`Database: ${status.database.connected ? 'Connected' : 'Disconnected'}`);
    terminal.print(`OAuth clients: ${status.clients.total}`);
    terminal.print(`OAuth scopes: ${status.scopes.total}`);
  }
  if (system?.problem)
    terminal.print(`Problem: ${oneLine(`${system.problem.message}: ${system.problem.reason ?? ''}`)}`);
  if (context.shared.verbose) for (const line of tokenLines(state)) terminal.print(line);
  if (!authenticated) terminal.tell('To log in, run: authly admin auth login');
}

function tokenLines(state: SessionState): readonly string[] {
  if (!state.authenticated) return [];
  return fieldLines([
    ['Username', state.username],
    ['Token type', 'Bearer'],
    ['Token expires', state.expiresAt && utc(state.expiresAt)],
    ['Scopes', state.scopes.join(', ')],
    ['Login method', state.method],
    ['Credential from', state.source],
    ['Token file', state.storage.path],
    ['Token storage', `${state.storage.backend}${state.storage.encrypted ? ', encrypted' : ''}`],
  ]);
}
