import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approveDevice } from '../support/browser.js';
import { bundle, start } from '../support/children.js';
import { startProvider, type RunningProvider } from '../support/oidc-provider.js';
import { openTerminal } from '../support/terminal.js';

describe('login as a process', () => {
  let provider: RunningProvider;
  let program: string;
  beforeAll(async () => {
    [provider, program] = await Promise.all([startProvider(), bundle('log-in')]);
  });
  afterAll(() => provider.close());
  const home = async () => ({ HOME: await mkdtemp(join(tmpdir(), 'authly-home-')), MY_APP_STORAGE: 'file' });

  // @rule 1.1, 1.13, 1.14
  it.each<[string, Record<string, string>, string[]]>([
    ['no input', {}, []],
    ['continuous integration', { CI: '1' }, []],
    ['another program', { CLAUDECODE: '1' }, []],
    ['a method that needs a person', {}, ['device']],
  ])('ends at once without a terminal, in three lines that say what works: %s', async (_name, variables, args) => {
    // A server that answers nothing: the refusal must not wait for it.
    const env = { ...(await home()), ...variables, ISSUER: 'https://192.0.2.1' };
    const started = Date.now();
    const ended = await start(program, env, { args }).ended;
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(ended.stderr).toContain('MY_APP_TOKEN');
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  // @rule 1.38, 1.39
  it('shows the code in a real terminal, hears Enter there, and ends without a trace of the token', async () => {
    const env = { ...(await home()), ISSUER: provider.issuer };
    const terminal = await openTerminal([process.execPath, program, 'device'], env);
    const code = await terminal.waitFor(/Your code: {2}([A-Z0-9-]+)/);
    // No phone gets to the address of this computer: there is nothing for it to scan.
    expect(terminal.screen()).not.toMatch(/█|▄|▀/);
    await approveDevice(`${provider.issuer}/device`, code);
    terminal.press('Enter');
    await terminal.waitFor(/(logged in as alice-name)/);
    expect(terminal.screen()).not.toMatch(/eyJ|access_token/);
    terminal.close();
  });

  // @rule 1.10
  it('leaves on Ctrl-C while it waits for the code', async () => {
    const env = { ...(await home()), ISSUER: provider.issuer };
    const terminal = await openTerminal([process.execPath, program, 'device'], env);
    await terminal.waitFor(/Your code: {2}([A-Z0-9-]+)/);
    terminal.press('C-c');
    await terminal.waitFor(/(ended with \d+)/);
    terminal.close();
  });
});
