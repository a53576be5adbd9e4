import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shortenHome, userHome } from '../config/home.js';
import { CliError } from '../errors/cli-error.js';
import { EXIT, type ExitCode } from '../errors/exit-code.js';
import type { Group } from '../program/command.js';
import type { Terminal } from '../terminal/terminal.js';
import { completionScript, type Shell } from './script.js';

/** Writes the completion script where the person's shell looks for it, and says how to use it now. */
export function installCompletion(tree: Group, terminal: Terminal, env: NodeJS.ProcessEnv): ExitCode {
  const shell = shellOf(env);
  const { path, hints } = placeOf(shell, userHome(env), env);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, completionScript(shell, tree));
    renameSync(temporary, path);
  } catch (cause) {
    throw new CliError({
      message: 'The completion script cannot be written',
      reason: `${path} is not writable${cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''}.`,
      hint: `Write it elsewhere: authly completion ${shell} > FILE`,
      code: 'install_failed',
      exitCode: EXIT.general,
      cause,
    });
  }
  terminal.print(`${terminal.color.green('✓')} Completion for ${shell} installed in ${shortenHome(path, env)}`);
  for (const hint of hints) terminal.print(hint);
  return EXIT.ok;
}

function shellOf(env: NodeJS.ProcessEnv): Shell {
  const name = basename(env['SHELL'] ?? '').replace(/\.exe$/i, '');
  if (name === 'zsh' || name === 'fish') return name;
  return name === 'pwsh' || name === 'powershell' ? 'powershell' : 'bash';
}

function placeOf(
  shell: Shell,
  home: string,
  env: NodeJS.ProcessEnv,
): { readonly path: string; readonly hints: readonly string[] } {
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  switch (shell) {
    case 'bash':
      return {
        path: join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'bash-completion', 'completions', 'authly'),
        hints: [
          'Restart your shell, or run: source ~/.bashrc',
          'It needs the package bash-completion; without it, add to ~/.bashrc: source <(authly completion bash)',
        ],
      };
    case 'zsh':
      return {
        path: join(home, '.zfunc', '_authly'),
        hints: [
          'Add to ~/.zshrc, once: fpath+=~/.zfunc; autoload -Uz compinit && compinit',
          'Then restart your shell.',
        ],
      };
    case 'fish':
      return { path: join(config, 'fish', 'completions', 'authly.fish'), hints: ['It works in every new shell.'] };
    case 'powershell':
      return {
        path: join(config, 'powershell', 'authly.completion.ps1'),
        hints: [
          'Add to your $PROFILE, once: . "$HOME/.config/powershell/authly.completion.ps1"',
          'Then restart your shell.',
        ],
      };
  }
}
