import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandTree } from '../support/command-tree.js';
import { leaves } from '../../src/reference/walk.js';
import { createCli } from '../support/cli.js';

const cli = createCli();

describe('the command without a terminal', () => {
  // @rule 1.55
  test('says its version, and everything that it can do', async () => {
    expect((await cli.run(['--version'])).stdout).toMatch(/^Authly Authentication Service v\d+\.\d+\.\d+\n$/);
    expect((await cli.run(['--commands'])).stdout).toContain('├── admin');
    expect((await cli.run([])).stdout).toContain('Usage: authly [OPTIONS] COMMAND [ARGS]...');
  });

  test('fails when the schema cannot be brought up to date or looked at, so that a deployment stops there', async () => {
    const DATABASE_URL = 'postgresql://authly:password@127.0.0.1:9/authly';
    for (const words of [['migrate'], ['migrate', '--check']]) {
      const { code, stderr } = await cli.run(words, { env: { DATABASE_URL } });
      expect([code, stderr]).toEqual([1, expect.stringContaining('the database cannot be reached')]);
    }
  });

  // @rule 1.13, 1.14
  test('never hangs: every command ends within a second, with a code that means something', async () => {
    // Nobody listens there, so nothing waits for a network either.
    const env = { AUTHLY_API_URL: 'http://127.0.0.1:9' };
    const slow: string[] = [];
    for (const { node, path } of leaves(commandTree)) {
      if (path[1] !== 'admin') continue;
      const required = Object.entries(node.options).flatMap(([name, { required: needed, choices }]) =>
        needed ? [`--${name}`, choices?.[0] ?? 'x'] : [],
      );
      const words = [...path.slice(1), ...Object.keys(node.arguments), ...required];
      const outcome = await cli.run(words, { env });
      const line = words.join(' ');
      expect([0, 2, 4, 5, 7], `${line}: ${outcome.stderr}`).toContain(outcome.code);
      const error = outcome.stderr.includes('❌');
      if (error) expect(outcome.stderr.trim().split('\n').at(-1), line).toBe(`Exit code: ${outcome.code}`);
      // Somebody else may have had the processor: a second is as long as twenty starts of Node take at that moment.
      if (outcome.took < 1000) continue;
      const again = await cli.run(words, { env });
      const beside = await cli.shell('node -e 0');
      if (Math.min(outcome.took, again.took) > Math.max(1000, 20 * beside.took))
        slow.push(`${line}: ${Math.round(again.took)} ms`);
    }
    expect(slow).toEqual([]);
  }, 120_000);

  // @rule 1.53
  test('tells errors as JSON when results are wanted as JSON, wrong options included', async () => {
    for (const words of [
      ['admin', 'client', 'list', '--output', 'json'],
      ['admin', 'client', 'list', '--nonsense', '-o', 'json'],
    ]) {
      const outcome = await cli.run(words, { env: { AUTHLY_API_URL: 'http://127.0.0.1:9' } });
      const { error } = JSON.parse(outcome.stderr) as { error: Record<string, unknown> };
      expect(error['exit_code']).toBe(outcome.code);
      expect(outcome.stdout).toBe('');
    }
  });

  test('asks for nothing where it would have to ask', async () => {
    const env = { AUTHLY_API_URL: 'http://127.0.0.1:9' };
    const login = await cli.run(['admin', 'auth', 'login'], { env });
    expect(login.code).toBe(2);
    expect(login.stderr).toContain('Missing option: --username');
    expect(login.stderr).toContain('--password-stdin');
    expect(login.stderr).toContain('AUTHLY_TOKEN');
    const deletion = await cli.run(['admin', 'client', 'delete', 'x'], { env });
    expect(deletion.code).toBe(5);
    expect(deletion.stderr).toContain('Add --confirm');
  });

  test('stops quietly when nobody reads on', async () => {
    const { code, stderr } = await cli.shell('set -o pipefail; authly --commands | head -1');
    expect([code, stderr]).toEqual([0, '']);
  });

  test('warns of a mistyped setting and goes on', async () => {
    const config = join(cli.home, 'other.toml');
    writeFileSync(config, '[api]\ntimeuot = 3\n');
    const { stderr, code } = await cli.run(['admin', 'auth', 'info', '--config', config]);
    expect(stderr).toContain('did you mean "api.timeout"?');
    expect(code).toBe(0);
  });
});

describe('starting', () => {
  const probe = join(cli.home, 'probe.cjs');
  writeFileSync(
    probe,
    `process.on('exit', () => process.stderr.write(JSON.stringify({ files: Object.keys(require.cache), builtins: process.moduleLoadList })));`,
  );

  // @rule 2.10
  test('loads no network, no prompt and no table for help and version', () => {
    for (const word of ['--version', '--help']) {
      const script = `${JSON.stringify(process.execPath)} -r ${JSON.stringify(probe)} ${JSON.stringify(join(cli.bin, '..', 'authly.cjs'))} ${word} 2>&1 >/dev/null`;
      const text = execFileSync('bash', ['-c', script], { env: cli.env, encoding: 'utf8' });
      const { files, builtins } = JSON.parse(text) as { files: string[]; builtins: string[] };
      expect(
        files.map((file) => basename(file)).filter((name) => /run-command|client-library|cli-table3|dist-/.test(name)),
      ).toEqual([]);
      expect(
        builtins.filter((name) => /NativeModule (?:http|https|child_process|readline|crypto)$/.test(name)),
      ).toEqual([]);
    }
  });
});
