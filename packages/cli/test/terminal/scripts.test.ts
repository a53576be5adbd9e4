import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { terminals } from '../support/pty.js';
import { ADMIN_PASSWORD, administration } from '../support/server.js';

/** The scripts of the guide, unchanged but for the name of the command, run by a person at a terminal of any width. */

const admin = administration();
const { cli } = admin;
const open = terminals(cli);

const SCRIPTS = {
  'get-clients.sh': `#!/bin/bash
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
echo "Created client: $client_id"
`,
  'create-scopes.sh': `#!/bin/bash
# Create multiple scopes
scopes=("read" "write" "delete" "admin")
descriptions=("Read access" "Write access" "Delete access" "Admin access")

for i in "\${!scopes[@]}"; do
  authly admin scope create \\
    --name "\${scopes[$i]}" \\
    --description "\${descriptions[$i]}"
done
`,
  'deploy.sh': `set -eo pipefail
# Non-interactive login for CI
authly admin auth login \\
  --username "$AUTHLY_ADMIN_USER" \\
  --password "$AUTHLY_ADMIN_PASS"

# Create deployment client
authly admin client create \\
  --name "Production Deploy" \\
  --type confidential \\
  --redirect-uri "$PRODUCTION_CALLBACK_URL" \\
  --output json > client.json
`,
} as const;

const env = {
  AUTHLY_ADMIN_USER: 'admin',
  AUTHLY_ADMIN_PASS: ADMIN_PASSWORD,
  PRODUCTION_CALLBACK_URL: 'https://prod.example.com/cb',
};

beforeAll(async () => {
  await admin.logIn();
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(cli.home, name), text);
});

const WAYS = [40, 80, 120].flatMap((columns) => [
  { columns, colour: 'in colours', more: {} },
  { columns, colour: 'with NO_COLOR', more: { NO_COLOR: '1' } },
]);

describe.each(WAYS)('at $columns columns, $colour', ({ columns, more }) => {
  const start = (script: keyof typeof SCRIPTS) => open(`bash ${script}`, { columns, env: { ...env, ...more } });
  const run = (script: keyof typeof SCRIPTS) => start(script).ends();
  /** What the terminal has wrapped is one line again. */
  const unwrapped = (text: string) => text.replaceAll('\n', '');

  test('the JSON of the pipelines is the same as in a pipe', async () => {
    const { code, text } = await run('get-clients.sh');
    expect(code).toBe(0);
    expect(text).toContain('"authly"');
    expect(unwrapped(text)).toMatch(/Created client: client_[\w-]{22}$/);
  });

  test('the loop goes on past what is there already', async () => {
    const screen = start('create-scopes.sh');
    const { text } = await screen.ends();
    expect(unwrapped(text)).toContain('Scope already exists');
    expect(screen.colored()).toBe(!('NO_COLOR' in more));
    expect(await cli.json(['admin', 'scope', 'show', 'delete'])).toMatchObject({ description: 'Delete access' });
  });

  test('the CI workflow leaves its client in its file, and a warning on the screen', async () => {
    const { code, text } = await run('deploy.sh');
    expect(code).toBe(0);
    expect(unwrapped(text)).toContain('✓ Successfully logged in as admin');
    expect(unwrapped(text)).toMatch(/--password/);
    expect(text).not.toContain(ADMIN_PASSWORD);
    expect(JSON.parse(readFileSync(join(cli.home, 'client.json'), 'utf8'))).toMatchObject({
      client_name: 'Production Deploy',
      client_secret: expect.stringMatching(/^cs_/),
    });
  });
});
