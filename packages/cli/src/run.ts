import { ADMIN_NAMES, commandTree, wholeTree } from './command-tree.js';
import { EXIT } from './errors/exit-code.js';
import { report } from './errors/report.js';
import { helpText } from './program/help.js';
import { parseRequest, type Request } from './program/parse.js';
import { createTerminal, type Streams, type Terminal } from './terminal/terminal.js';
import { version } from './version.js';

/** What a run takes from its process. */
export interface Process {
  readonly words: readonly string[];
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: { readonly now: () => Date };
}

/** Runs one command line and answers its exit code. Throws nothing. */
export async function run(process: Process): Promise<number> {
  const { env, streams } = process;
  const debug = isDebug(env);
  // What was asked is not known yet, but whoever asked for JSON gets its errors in it, these too.
  const early = { json: asksForJson(process.words, env), debug };
  try {
    if (process.words[0] === '__complete') {
      const { completeNames } = await import('./completion/names.js');
      return await completeNames(process);
    }
    const words = withAdmin(process.words);
    const request = parseRequest(await commandTree(words), words);
    if (request.kind === 'run') {
      // What a command needs is loaded only when one is run: help and version are answered before.
      const { runCommand } = await import('./run-command.js');
      return await runCommand(request, process);
    }
    return await answer(request, createTerminal({ streams, env }), env);
  } catch (error) {
    return report(error, createTerminal({ streams, env }), early);
  }
}

async function answer(
  request: Exclude<Request, { kind: 'run' }>,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  switch (request.kind) {
    case 'help':
      terminal.streams.stdout.write(helpText(request.node, request.path, terminal.columns));
      return EXIT.ok;
    case 'version':
      terminal.print(`Authly Authentication Service v${version}`);
      return EXIT.ok;
    case 'commands': {
      const { treeText } = await import('./reference/tree.js');
      terminal.streams.stdout.write(treeText(await wholeTree(), terminal.columns));
      return EXIT.ok;
    }
    case 'install-completion': {
      const { installCompletion } = await import('./completion/install.js');
      return installCompletion(await wholeTree(), terminal, env);
    }
  }
}

// The guide's examples say `authly client create`, the guide itself `authly admin client create`: both work.
function withAdmin(words: readonly string[]): readonly string[] {
  return words[0] !== undefined && ADMIN_NAMES.includes(words[0]) ? ['admin', ...words] : words;
}

function asksForJson(words: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const given = own.findLast(
    (word, index) => /^(?:--output=|-o=)/.test(word) || own[index - 1] === '--output' || own[index - 1] === '-o',
  );
  return given === undefined ? env['AUTHLY_OUTPUT'] === 'json' : /(?:^|=)json$/.test(given);
}

/** Tells whether somebody looks for a fault. */
export function isDebug(env: NodeJS.ProcessEnv): boolean {
  return (
    (env['AUTHLY_LOG_LEVEL'] ?? '').toUpperCase() === 'DEBUG' ||
    (env['AUTHLY_LOG_LEVEL'] ?? '').toUpperCase() === 'TRACE'
  );
}
