import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_PASSWORD, administration } from '../support/server.js';

/** The CLI guide as it is written: only `python -m authly` has become `authly`. */

const admin = administration();
const { cli } = admin;
const lines = (text: string) => text.trimEnd().split('\n');
beforeAll(() => admin.logIn());

describe('Scripting & Automation', () => {
  test('JSON output for scripts', async () => {
    const { stdout, code } = await cli.shell(`set -e
      # Get client list in JSON format
      clients=$(authly admin client list --output json)
      echo "$clients" | jq '.clients[].client_id'

      # Create client and extract client_id
      client_info=$(authly admin client create \\
        --name "Automated Client" \\
        --type confidential \\
        --redirect-uri "https://example.com/callback" \\
        --output json)

      client_id=$(echo "$client_info" | jq -r '.client_id')
      echo "Created client: $client_id"`);
    expect(code).toBe(0);
    expect(lines(stdout)[0]).toMatch(/^"\S+"$/);
    expect(lines(stdout).at(-1)).toMatch(/^Created client: client_\S+$/);
  });

  test('batch operations', async () => {
    const { stderr } = await cli.shell(`#!/bin/bash
# Create multiple scopes
scopes=("read" "write" "delete" "admin")
descriptions=("Read access" "Write access" "Delete access" "Admin access")

for i in "\${!scopes[@]}"; do
  authly admin scope create \\
    --name "\${scopes[$i]}" \\
    --description "\${descriptions[$i]}"
done`);
    // Three of them are there from the first start on; the loop goes on, and the fourth is made.
    expect(stderr.match(/Scope already exists/g)).toHaveLength(3);
    expect(await cli.json(['admin', 'scope', 'show', 'delete'])).toMatchObject({ description: 'Delete access' });
  });

  test('the CI workflow', async () => {
    const ci = admin.another();
    const { code } = await ci.shell(
      `set -eo pipefail
      # Non-interactive login for CI
      authly admin auth login \\
        --username "$AUTHLY_ADMIN_USER" \\
        --password "$AUTHLY_ADMIN_PASS"

      # Create deployment client
      authly admin client create \\
        --name "Production Deploy" \\
        --type confidential \\
        --redirect-uri "$PRODUCTION_CALLBACK_URL" \\
        --output json > client.json`,
      {
        env: {
          CI: 'true',
          AUTHLY_ADMIN_USER: 'admin',
          AUTHLY_ADMIN_PASS: ADMIN_PASSWORD,
          PRODUCTION_CALLBACK_URL: 'https://prod.example.com/cb',
        },
      },
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(ci.home, 'client.json'), 'utf8'))).toMatchObject({
      client_name: 'Production Deploy',
      client_secret: expect.stringMatching(/^cs_/),
    });
  });
});

describe('Error Handling', () => {
  test('the error of the guide, to the letter', async () => {
    const { code, stdout, stderr } = await cli.run(['admin', 'client', 'show', 'invalid-client']);
    expect(stderr).toBe(
      "❌ Error: Client not found\nClient ID 'invalid-client' does not exist or has been deleted.\n\nExit code: 4\n",
    );
    expect([code, stdout]).toEqual([4, '']);
  });

  test('the exit codes of the guide', async () => {
    const user = await admin.server().given.user();
    const plain = admin.another();
    const words = ['admin', 'auth', 'login', '-u', user.user.username, '--password-stdin', '--scope', 'profile'];
    expect((await plain.run(words, { stdin: user.password })).code).toBe(0);
    expect((await plain.run(['admin', 'client', 'list'])).code).toBe(3);
    expect(
      (await plain.run(['admin', 'auth', 'login', '-u', 'admin', '--password-stdin'], { stdin: 'wrong' })).code,
    ).toBe(2);
    expect(
      (await cli.run(['admin', 'client', 'create', '--name', 'x', '--type', 'public', '--redirect-uri', 'nonsense']))
        .code,
    ).toBe(5);
    expect((await cli.run(['admin', 'client', 'list'])).code).toBe(0);
  });
});

describe('Debugging', () => {
  test('AUTHLY_LOG_LEVEL and AUTHLY_DEBUG_HTTP tell what happens, and no secret', async () => {
    const debug = await cli.run(['admin', 'status', '--verbose'], { env: { AUTHLY_LOG_LEVEL: 'DEBUG' } });
    expect(debug.stderr).toContain(`DEBUG authly admin status`);
    const traced = await cli.run(['admin', 'client', 'list'], { env: { AUTHLY_DEBUG_HTTP: 'true' } });
    expect(traced.stderr).toContain(`HTTP > GET ${admin.url()}/admin/clients?limit=20&offset=0`);
    expect(traced.stderr).toContain('HTTP > Authorization: Bearer [secret]');
    expect(traced.stderr).toMatch(/HTTP < 200 after \d+ ms/);
    expect(`${debug.stderr}${traced.stderr}`).not.toMatch(/eyJ/);
  });

  test('the admin API answers curl', async () => {
    const { stdout } = await cli.shell(`curl -s ${admin.url()}/admin/health | jq -r .status`);
    expect(stdout).toBe('healthy\n');
  });
});
