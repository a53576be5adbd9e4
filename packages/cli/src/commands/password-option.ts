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
 * Reads what a login takes from standard input: the password from its first line, the code of the second factor from the next.
 * @throws CliError when a line that is wanted does not come.
 */
export async function loginFromStdin(
  wanted: { readonly passwordStdin: boolean; readonly otpStdin: boolean },
  context: Pick<Context, 'terminal'>,
): Promise<{ readonly password?: string; readonly otp?: string }> {
  if (!wanted.otpStdin) return wanted.passwordStdin ? { password: await passwordFromStdin(context) } : {};
  if (!wanted.passwordStdin) return { otp: await secretFromStdin('code', '--otp-stdin', context) };
  const [password = '', otp = ''] = await linesFromStdin('password', '--password-stdin', 2, context);
  if (otp === '')
    throw refuseEmpty('code', '--otp-stdin', 'Standard input ended after the password; the code is its second line.');
  return { password, otp };
}

/**
 * Reads the API key from the first line of standard input.
 * @throws CliError when nothing comes: standard input is a terminal, or empty.
 */
export async function apiKeyFromStdin(context: Pick<Context, 'terminal'>): Promise<string> {
  return secretFromStdin('API key', '--with-token', context);
}

async function secretFromStdin(what: string, option: string, context: Pick<Context, 'terminal'>): Promise<string> {
  const [line = ''] = await linesFromStdin(what, option, 1, context);
  return line;
}

/** The first lines of standard input; the very first must not be empty. */
async function linesFromStdin(
  what: string,
  option: string,
  count: number,
  { terminal }: Pick<Context, 'terminal'>,
): Promise<readonly string[]> {
  const { stdin } = terminal.streams;
  if (stdin.isTTY) throw refuseEmpty(what, option, `Standard input is a terminal; ${option} is for pipes and files.`);
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.split('\n').length > count) break;
    if (text.length > 10_000) throw refuseEmpty(what, option, `What came is far too long for a ${what}.`);
  }
  const lines = text.split('\n', count).map((line) => line.replace(/\r$/, ''));
  if ((lines[0] ?? '') === '') throw refuseEmpty(what, option, 'Standard input is empty.');
  return lines;
}

function refuseEmpty(what: string, option: string, reason: string): CliError {
  return new CliError({
    message: `No ${what} was given`,
    reason,
    hint: `For example: printf "%s" "$SECRET" | authly … ${option}`,
    code: 'usage',
    exitCode: EXIT.validation,
  });
}
