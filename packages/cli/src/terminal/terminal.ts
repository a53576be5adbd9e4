import type { Readable, Writable } from 'node:stream';
import { createColors } from 'picocolors';

/** The person, or the pipe, that a command talks with. Results go to stdout, talk goes to stderr. */
export interface Terminal {
  /** Somebody is there who can be asked. */
  readonly interactive: boolean;
  /** Why nobody can be asked, for the message that says so. */
  readonly silence: string | undefined;
  /** Questions are allowed at all: --no-input forbids them, terminal or not. */
  readonly asks: boolean;
  /** Columns of stdout; `undefined` when it is not a terminal. */
  readonly columns: number | undefined;
  readonly color: ReturnType<typeof createColors>;
  readonly errorColor: ReturnType<typeof createColors>;
  readonly streams: Streams;
  /** One result line on stdout. */
  print(line?: string): void;
  /** One line of talk on stderr. */
  tell(line?: string): void;
}

type Stream<Base> = Base & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

export interface Streams {
  readonly stdin: Stream<Readable>;
  readonly stdout: Stream<Writable>;
  readonly stderr: Stream<Writable>;
}

export interface TerminalOptions {
  readonly streams: Streams;
  readonly env: NodeJS.ProcessEnv;
  readonly noInput?: boolean | undefined;
  readonly noColor?: boolean | undefined;
}

/** Describes the terminal of a process; nothing is read or written. */
export function createTerminal({ streams, env, noInput, noColor }: TerminalOptions): Terminal {
  const silence = () => silenceOf(streams, env, noInput);
  const colored = (stream: { readonly isTTY?: boolean | undefined }) =>
    createColors(!noColor && wantsColor(stream.isTTY === true, env));
  return {
    get interactive() {
      return silence() === undefined;
    },
    get silence() {
      return silence();
    },
    asks: !noInput,
    columns: streams.stdout.isTTY ? widthOf(streams.stdout.columns, env) : undefined,
    color: colored(streams.stdout),
    errorColor: colored(streams.stderr),
    streams,
    print: (line = '') => void streams.stdout.write(`${line}\n`),
    tell: (line = '') => void streams.stderr.write(`${line}\n`),
  };
}

// Programs that drive a terminal for a model: a prompt there would wait for ever.
const AGENTS = ['CLAUDECODE', 'CURSOR_AGENT', 'GEMINI_CLI', 'CLINE_ACTIVE', 'OPENCODE'];

function silenceOf(streams: Streams, env: NodeJS.ProcessEnv, noInput: boolean | undefined): string | undefined {
  if (noInput) return '--no-input was given';
  if (isSet(env['AUTHLY_NO_INPUT'])) return 'AUTHLY_NO_INPUT is set';
  if (!streams.stdin.isTTY) return 'standard input is not a terminal';
  if (!streams.stderr.isTTY) return 'standard error is not a terminal';
  if (isSet(env['CI'])) return 'CI is set';
  const agent = AGENTS.find((name) => isSet(env[name])) ?? Object.keys(env).find((name) => name.startsWith('CODEX_'));
  return agent && `${agent} is set`;
}

/** @spec https://no-color.org: any value but the empty one */
function wantsColor(terminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (isSet(env['NO_COLOR']) || env['TERM'] === 'dumb') return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return terminal;
}

function widthOf(columns: number | undefined, env: NodeJS.ProcessEnv): number {
  const wanted = Number(env['COLUMNS']);
  if (columns === undefined || columns === 0) return Number.isSafeInteger(wanted) && wanted > 0 ? wanted : 80;
  return columns;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
