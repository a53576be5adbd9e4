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
 * Reads the first line of standard input.
 * @throws CliError when nothing comes: standard input is a terminal, or empty.
 */
export async function passwordFromStdin({ terminal }: Pick<Context, 'terminal'>): Promise<string> {
  const { stdin } = terminal.streams;
  if (stdin.isTTY) throw empty('Standard input is a terminal; --password-stdin is for pipes and files.');
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
    if (text.length > 10_000) throw empty('What came is far too long for a password.');
  }
  const line = (text.split('\n')[0] ?? '').replace(/\r$/, '');
  if (line === '') throw empty('Standard input is empty.');
  return line;
}

function empty(reason: string): CliError {
  return new CliError({
    message: 'No password was given',
    reason,
    hint: 'For example: printf "%s" "$PASSWORD" | authly … --password-stdin',
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
