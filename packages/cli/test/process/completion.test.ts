import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCli } from '../support/cli.js';

const cli = createCli();

/** What bash would offer for a line with the cursor at its end. */
async function offered(line: string): Promise<readonly string[]> {
  const script = `
    source <(authly completion bash)
    COMP_LINE=${JSON.stringify(line)}
    read -ra COMP_WORDS <<< "$COMP_LINE"
    [[ "$COMP_LINE" == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _authly
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await cli.shell(script);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('TAB in bash', () => {
  test('offers the commands of the guide', async () => {
    expect(await offered('authly ')).toEqual(expect.arrayContaining(['admin', 'serve']));
    expect(await offered('authly admin ')).toEqual(expect.arrayContaining(['auth', 'client', 'scope', 'status']));
    expect(await offered('authly admin client ')).toEqual([
      'create',
      'list',
      'show',
      'update',
      'delete',
      'regenerate-secret',
      'registration-token',
      'reset-registration',
    ]);
    expect(await offered('authly admin client regen')).toEqual(['regenerate-secret']);
  });

  test('offers options, and their values', async () => {
    expect(await offered('authly admin client create --ty')).toEqual(['--type']);
    expect(await offered('authly admin client create --type ')).toEqual(['public', 'confidential']);
    expect(await offered('authly admin client list -o j')).toEqual(['json']);
    expect(await offered('authly completion f')).toEqual(['fish']);
  });

  test('is not led astray by options and their values in between', async () => {
    expect(await offered('authly admin --output json client li')).toEqual(['list']);
    expect(await offered('authly admin client create --name list --red')).toEqual(['--redirect-uri']);
  });
});

describe('installing completion', () => {
  const install = (shell: string) => cli.run(['--install-completion'], { env: { SHELL: `/usr/bin/${shell}` } });

  test('puts the script where the shell looks for it, and says what is left to do', async () => {
    const places = {
      bash: '.local/share/bash-completion/completions/authly',
      zsh: '.zfunc/_authly',
      fish: '.config/fish/completions/authly.fish',
    };
    for (const [shell, place] of Object.entries(places)) {
      const { code, stdout } = await install(shell);
      expect(code).toBe(0);
      expect(stdout).toContain(`~/${place}`);
      expect(readFileSync(join(cli.home, place), 'utf8')).toContain(`authly completion ${shell}`);
    }
  });

  test('of an unknown shell is that of bash', async () => {
    const { stdout } = await cli.run(['--install-completion'], { env: { SHELL: '' } });
    expect(stdout).toContain('bash');
    expect(existsSync(join(cli.home, '.local/share/bash-completion/completions/authly'))).toBe(true);
  });
});
