import type { Context } from '../context.js';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';

/** Passwords that come from somewhere else than a prompt. */

/** Says that an argument is a bad place for a password. */
export function warnAboutPassword({ terminal }: Pick<Context, 'terminal'>): void {
  terminal.tell(
    '⚠️  --password shows the password to everybody who can list processes, and leaves it in the shell history.',
  );
  terminal.tell('   Use --password-stdin instead.');
}

/**
 * Reads the password from the first line of standard input.
 * @throws CliError when nothing comes: standard input is a terminal, or empty.
 */
export async function passwordFromStdin(context: Pick<Context, 'terminal'>): Promise<string> {
  return secretFromStdin('password', '--password-stdin', context);
}

/**
 * Reads the API key from the first line of standard input.
 * @throws CliError when nothing comes: standard input is a terminal, or empty.
 */
export async function apiKeyFromStdin(context: Pick<Context, 'terminal'>): Promise<string> {
  return secretFromStdin('API key', '--with-token', context);
}

async function secretFromStdin(what: string, option: string, { terminal }: Pick<Context, 'terminal'>): Promise<string> {
  const { stdin } = terminal.streams;
  if (stdin.isTTY) throw empty(what, option, `Standard input is a terminal; ${option} is for pipes and files.`);
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
    if (text.length > 10_000) throw empty(what, option, `What came is far too long for a ${what}.`);
  }
  const line = (text.split('\n')[0] ?? '').replace(/\r$/, '');
  if (line === '') throw empty(what, option, 'Standard input is empty.');
  return line;
}

function empty(what: string, option: string, reason: string): CliError {
  return new CliError({
    message: `No ${what} was given`,
    reason,
    hint: `For example: printf "%s" "$SECRET" | authly … ${option}`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
