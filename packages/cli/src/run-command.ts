import { DryRunDone } from './change.js';
import { type Config, defaultConfig, resolveConfig } from './config/config.js';
import type { Context } from './context.js';
import { EXIT } from './errors/exit-code.js';
import { report } from './errors/report.js';
import { commandFetch, createApi } from './http/api.js';
import { hasCommonOptions } from './program/help.js';
import type { Request } from './program/parse.js';
import { withRequired } from './program/required.js';
import { isDebug, type Process } from './run.js';
import { createSession } from './session/create-session.js';
import { noSession } from './session/no-session.js';
import { createTerminal, type Terminal } from './terminal/terminal.js';
import { version } from './version.js';

type Run = Extract<Request, { kind: 'run' }>;

/** Runs one command: settings, login, API, and then the command itself. Answers its exit code; throws nothing. */
export async function runCommand(request: Run, process: Process): Promise<number> {
  const { env, streams, clock } = process;
  const { shared, command, given, path } = request;
  const terminal = createTerminal({ streams, env, noInput: shared.noInput, noColor: shared.noColor });
  const debug = isDebug(env);
  let json = shared.output === 'json';
  try {
    const config = hasCommonOptions(path) ? await resolveConfig(shared, env) : defaultConfig(env);
    json = config.values.output === 'json';
    for (const warning of config.file.warnings) terminal.tell(`⚠️  ${warning}`);
    const context: Context = {
      ...(await openSession(request, config, terminal)),
      terminal,
      shared,
      clock,
      output: json ? 'json' : 'table',
      debug: (line) => debug && terminal.tell(`DEBUG ${line}`),
    };
    const { values, sources } = context.config;
    context.debug(`${path.join(' ')}, version ${version}, ${values.apiUrl} (${sources.apiUrl})`);
    try {
      return (await command.run(await withRequired(given, { command, path, terminal }), context)) ?? EXIT.ok;
    } finally {
      await context.session.close();
    }
  } catch (error) {
    if (error instanceof DryRunDone) return EXIT.ok;
    return report(error, terminal, { json, debug });
  }
}

// Starting a server has nothing to do with who is logged in here, and must not fail over it.
async function openSession(
  { path, shared }: Run,
  config: Config,
  terminal: Terminal,
): Promise<Pick<Context, 'config' | 'session' | 'api' | 'stream'>> {
  const fetch = commandFetch(config.env, terminal.tell);
  const opened = hasCommonOptions(path)
    ? await createSession({ config, terminal, profile: shared.profile })
    : { config, session: noSession };
  return { ...opened, ...createApi({ ...opened, fetch }) };
}
