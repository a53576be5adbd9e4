#!/usr/bin/env node
// A command-line tool of a company that rents out virtual machines. Data goes to the output, talk to the error stream.
import { parseArgs } from 'node:util';
import { describeError, isAuthError } from '@authly/client';
import { CLIAuthenticator, parseMethod } from '@authly/client/cli';

const env = process.env;
const api = env.MY_APP_API_URL ?? 'http://127.0.0.1:8080';
const scopes = ['openid', 'profile', 'offline_access', 'vms:read', 'vms:write'];
const authenticator = new CLIAuthenticator({
  appName: 'my-app',
  appVersion: '1.0.0',
  loginCommand: 'my-app login',
  continuesLogins: true,
  issuer: env.MY_APP_ISSUER,
  clientId: 'my-app',
  scopes,
  allowedOrigins: [api],
});

const usage = `Usage: my-app <command>

  login [--method auto|browser|device] [--profile NAME] [--no-wait | --continue ID]
  logout | status
  list vms
  deploy SERVICE --version VERSION [--region REGION]

In a pipeline set MY_APP_CLIENT_ID and MY_APP_CLIENT_SECRET, or MY_APP_API_KEY; no login is needed then.`;

const options = {
  method: { type: 'string' },
  profile: { type: 'string' },
  'no-wait': { type: 'boolean' },
  continue: { type: 'string' },
  version: { type: 'string' },
  region: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};

const commands = {
  login: async (values) => {
    const profileName = values.profile;
    const resource = env.MY_APP_RESOURCE;
    if (values['no-wait']) return print(await authenticator.startLogin({ profileName, resource }));
    const method = parseMethod(values.method ?? 'auto');
    const result =
      values.continue === undefined
        ? await authenticator.login({ profileName, resource, method })
        : await authenticator.completeLogin(values.continue);
    for (const warning of result.warnings) say(`! ${warning}`);
    return say(`✓ Logged in${result.username ? ` as ${result.username}` : ''}.`);
  },
  logout: async (values) => {
    const { revocation } = await authenticator.logout({ profileName: values.profile });
    say(revocation === 'failed' ? '✓ Logged out here; the server could not be told.' : '✓ Logged out.');
  },
  status: async (values) => print(await authenticator.status({ profileName: values.profile })),
  'list vms': async (values) => {
    const { vms } = await call(values, '/vms');
    for (const { name, region } of vms) process.stdout.write(`${name}\t${region}\n`);
  },
  deploy: async (values, [service]) => {
    const body = JSON.stringify({ service, version: values.version, region: values.region ?? 'us-east-1' });
    print(
      await call(values, '/deployments', { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    );
  },
};

async function call(values, path, init) {
  const client = await authenticator.getActiveClient({ profileName: values.profile });
  const answer = await client.fetch(new URL(path, api), init);
  await client.close();
  if (!answer.ok) throw new Error(`The API answered ${answer.status}.`);
  return answer.json();
}

function print(data) {
  process.stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [verb, ...rest] = positionals;
  const command = commands[verb] ?? commands[`${verb} ${rest[0]}`];
  if (command && !values.help) await command(values, rest);
  else say(usage);
  if (!command && !values.help) process.exitCode = 5;
} catch (error) {
  say(describeError(error));
  process.exitCode = isAuthError(error) ? error.exitCode : 1;
}
