import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import { defineCommand } from '../../program/command.js';
import { restArgument } from '../../program/option.js';

export const exec = defineCommand({
  name: 'exec',
  summary: 'Run a command with AUTHLY_ACCESS_TOKEN in its environment.',
  description: ['The token is in the environment of that command only. Its exit code becomes the exit code.'],
  arguments: { command: restArgument('The command and its arguments, after --') },
  sections: [{ title: 'Examples', lines: ['$ authly admin auth exec -- ./deploy.sh --now'] }],
  async run({ args: { command } }, context) {
    const [program, ...args] = command;
    if (program === undefined) throw notFound('');
    const accessToken = await context.session.token({ minTtlSeconds: 60 });
    const [{ spawn }, { constants }] = await Promise.all([import('node:child_process'), import('node:os')]);
    const child = spawn(program, args, {
      stdio: 'inherit',
      env: { ...context.config.env, AUTHLY_ACCESS_TOKEN: accessToken, AUTHLY_API_URL: context.config.values.apiUrl },
    });
    // The terminal sends Ctrl-C to both; the command decides, this one waits.
    process.on('SIGINT', leaveIt);
    const forward = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGTERM', forward);
    try {
      return await new Promise<number>((resolve, reject) => {
        child.once('error', (cause) => reject(notFound(program, cause)));
        child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
      });
    } finally {
      process.removeListener('SIGINT', leaveIt);
      process.removeListener('SIGTERM', forward);
    }
  },
});

function leaveIt(): void {}

function notFound(program: string, cause?: unknown): CliError {
  return new CliError({
    message: program === '' ? 'No command was given' : `The command ${program} cannot be run`,
    reason: 'It was not found, or it is not executable.',
    hint: 'For example: authly admin auth exec -- ./deploy.sh',
    code: 'usage',
    exitCode: EXIT.validation,
    cause,
  });
}
