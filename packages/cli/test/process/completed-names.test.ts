import { beforeAll, describe, expect, test } from 'vitest';
import { terminals } from '../support/pty.js';
import { administration } from '../support/server.js';

/** TAB where a name is wanted: in real shells, with a real server. */

const { cli, url, logIn } = administration();
const open = terminals(cli);
let portal: string;

beforeAll(async () => {
  await logIn();
  const client = ['admin', 'client', 'create', '--type', 'public', '--redirect-uri', 'http://localhost/cb'];
  portal = (await cli.json<{ client_id: string }>([...client, '--name', 'Portal'])).client_id;
  await cli.run(['admin', 'scope', 'create', '--name', 'invoices:read', '--description', 'x']);
  await cli.run(['admin', 'scope', 'create', '--name', 'invoices:write', '--description', 'x']);
  for (const name of ['zora_first', 'zora_second'])
    await cli.run(['admin', 'user', 'create', '--username', name, '--email', `${name}@example.org`]);
});

async function names(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr, code } = await cli.run(['__complete', ...words]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('the names behind TAB', () => {
  test('are those of clients, scopes, users and logins that begin like what was typed', async () => {
    expect(await names('client', portal.slice(0, 12), 'admin', 'client', 'show')).toEqual([portal]);
    expect(await names('client', '')).toEqual(expect.arrayContaining(['authly', portal]));
    expect(await names('scope', 'invoices:')).toEqual(['invoices:read', 'invoices:write']);
    expect(await names('user', 'zora_')).toEqual(['zora_first', 'zora_second']);
    expect(await names('profile', '')).toEqual([expect.stringMatching(/^127\.0\.0\.1/)]);
  });

  test('are none for what nobody knows, without a login, without a server, and within two seconds', async () => {
    expect(await names('moon', '')).toEqual([]);
    expect(await names('scope', 'nothing-like-it')).toEqual([]);
    const elsewhere = { env: { AUTHLY_HOME: `${cli.home}/nobody` } };
    expect(await cli.run(['__complete', 'client', ''], elsewhere)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const away = { env: { AUTHLY_API_URL: 'http://127.0.0.1:9', AUTHLY_TOKEN: 'x' } };
    expect(await cli.run(['__complete', 'client', ''], away)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const { createServer } = await import('node:net');
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const slow = await cli.run(['__complete', 'user', ''], {
      env: { AUTHLY_API_URL: `http://127.0.0.1:${port}`, AUTHLY_TOKEN: 'x' },
    });
    silent.close();
    expect(slow).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(slow.took).toBeGreaterThan(1900);
    expect(slow.took).toBeLessThan(8000);
  });

  test('are of the server and the login that the line names', async () => {
    const other = { env: { AUTHLY_API_URL: 'http://127.0.0.1:9' } };
    const line = ['admin', '--api-url', url(), 'client', 'show'];
    const { stdout } = await cli.run(['__complete', 'client', portal.slice(0, 12), ...line], other);
    expect(stdout).toBe(`${portal}\n`);
    const cut = await cli.run(['__complete', 'client', portal.slice(0, 12), '--api-url', '=', url()], other);
    expect(cut.stdout).toBe(`${portal}\n`);
  });

  test('are never something that a shell would act on', async () => {
    const { createServer } = await import('node:http');
    const evil = ['$(touch owned)', '`touch owned`', "a'b", 'a b', '\u001b[2J', '-rf', 'good:one'];
    const hostile = createServer((request, response) => {
      request.resume();
      const scope = { id: 'x', description: 'x', is_default: false, is_active: true, is_system: false };
      const times = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' };
      response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': '1' });
      response.end(JSON.stringify(evil.map((scope_name) => ({ ...scope, ...times, scope_name }))));
    });
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
    const address = hostile.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const env = { AUTHLY_API_URL: `http://127.0.0.1:${port}`, AUTHLY_TOKEN: 'x' };
    expect((await cli.run(['__complete', 'scope', ''], { env })).stdout).toBe('good:one\n');
    hostile.closeAllConnections();
    hostile.close();
  });
});

/** Presses TAB as people do: once more, when the server took longer than a shell waits. */
async function tab(shell: ReturnType<typeof open>, completed: RegExp): Promise<void> {
  for (let more = 3; more > 0; more -= 1) {
    shell.key('Tab');
    const deadline = performance.now() + 5000;
    while (performance.now() < deadline) {
      if (completed.test(shell.text())) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  await shell.shows(completed);
}

/** Gives the line up. A shell that is still busy with it may swallow the key. */
async function newLine(shell: ReturnType<typeof open>): Promise<void> {
  for (let more = 10; more > 0; more -= 1) {
    shell.key('C-c');
    const deadline = performance.now() + 2000;
    while (performance.now() < deadline) {
      if (shell.text().endsWith('ready>')) return;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  throw new Error(`the shell gave no new line:\n${shell.text()}`);
}

describe('TAB completes names', () => {
  test('in bash, also past the colons at which it cuts words', async () => {
    const shell = open(`bash --norc --noprofile -i`);
    shell.type('PS1="ready> "; source <(authly completion bash)');
    shell.enter();
    await shell.shows(/^ready>$/m);
    shell.type(`authly admin client show ${portal.slice(0, 14)}`);
    await tab(shell, new RegExp(`show ${portal}$`, 'm'));
    await newLine(shell);
    shell.type('authly admin scope show invoices:r');
    await tab(shell, /scope show invoices:read$/m);
    await newLine(shell);
    shell.type('authly admin user show zo');
    await tab(shell, /user show zora_$/m);
  });

  test('in zsh', async () => {
    const shell = open(`zsh -f -i`);
    shell.type('PS1="ready> "; autoload -Uz compinit && compinit -u -D && source <(authly completion zsh)');
    shell.enter();
    await shell.shows(/^ready>$/m);
    shell.type(`authly admin client show ${portal.slice(0, 14)}`);
    await tab(shell, new RegExp(`show ${portal}$`, 'm'));
    await newLine(shell);
    shell.type('authly admin client create --type pub');
    await tab(shell, /--type public$/m);
    await newLine(shell);
    shell.type('authly admin scope delete invoices:w');
    await tab(shell, /scope delete invoices:write$/m);
  });

  test('in fish', async () => {
    const offered = async (line: string) => {
      const script = `authly completion fish | source; complete -C ${JSON.stringify(line)}`;
      const { stdout, stderr } = await cli.shell(`fish --no-config -c ${JSON.stringify(script)}`);
      expect(stderr).toBe('');
      return stdout
        .split('\n')
        .filter((word) => word !== '')
        .map((word) => word.split('\t')[0]);
    };
    expect(await offered(`authly admin client show ${portal.slice(0, 14)}`)).toEqual([portal]);
    expect(await offered('authly admin scope show invoices:')).toEqual(['invoices:read', 'invoices:write']);
    expect(await offered('authly admin client create --type ')).toEqual(['confidential', 'public']);
    expect(await offered('authly admin apikey list --user zora_')).toEqual(['zora_first', 'zora_second']);
    expect(await offered('authly admin client list --output j')).toEqual(['json']);
    expect(await offered('authly admin cl')).toEqual(['client']);
  });
});
