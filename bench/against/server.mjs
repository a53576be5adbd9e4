/** `authly serve` of one build with a database of its own, driven over HTTP alone, and the CPU time that both use. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, send } from '../support/load.mjs';

const PASSWORD = 'a-long-Password-for-benchmarks-1!';
const REDIRECT = 'https://app.example/callback';
const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'read'];
const API = '/api/v1/oauth';
/** One for all: rows with other numbers of workers use the same database. */
const SECRETS = {
  JWT_SECRET_KEY: randomBytes(48).toString('base64'),
  JWT_REFRESH_SECRET_KEY: randomBytes(48).toString('base64'),
};

/** Starts the server, makes a client, signs a person in and consents. */
export async function startServer({ folder, databaseUrl, workers }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    process.execPath,
    [join(folder, 'packages/cli/bin/authly.cjs'), 'serve', '--port', String(port), '--workers', String(workers)],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AUTHLY_ISSUER: url,
        DATABASE_URL: databaseUrl,
        ...SECRETS,
        AUTHLY_ADMIN_PASSWORD: PASSWORD,
        AUTHLY_BOOTSTRAP_DEV_MODE: 'true',
        AUTHLY_PASSWORD_GRANT_ENABLED: 'true',
        ACCESS_LOG: 'false',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints = (complaints + chunk).slice(-4000)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await healthy(url, child, () => complaints);
  const server = { url, jars: [], ...(await makeClient(url)) };
  server.basic = `Basic ${Buffer.from(`${server.clientId}:${server.secret}`).toString('base64')}`;
  server.cookies = await signIn(server);
  return {
    ...server,
    /** Microseconds of the command and its workers. */
    cpu: () => cpuOf(family(child.pid)),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function healthy(url, child, complaints) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${complaints()}`);
    const answer = await send(`${url}/health/ready`, { method: 'GET' }).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function makeClient(url) {
  const login = await send(`${url}${API}/token`, {
    form: { grant_type: 'password', username: 'admin', password: PASSWORD, scope: 'openid admin:clients:write' },
  });
  if (login.status !== 200) throw new Error(`login: ${login.status} ${login.body}`);
  const made = await send(`${url}/admin/clients`, {
    headers: { authorization: `Bearer ${JSON.parse(login.body).access_token}` },
    json: {
      client_name: 'Bench',
      client_type: 'confidential',
      redirect_uris: [REDIRECT],
      scope: SCOPES.join(' '),
      grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_basic',
      // Builds differ in what they put there by default; the work compared is the same.
      ...(process.env.BENCH_CLIENT ? JSON.parse(process.env.BENCH_CLIENT) : {}),
    },
  });
  if (made.status !== 201) throw new Error(`client: ${made.status} ${made.body}`);
  const { client_id: clientId, client_secret: secret } = JSON.parse(made.body);
  return { clientId, secret };
}

/** As a browser does it: every page's form is sent with what it holds, until the code comes. */
async function signIn(server) {
  const cookies = {};
  let answer = await follow(server, authorizeAddress(server).address, cookies);
  for (let page = 0; page < 5 && answer.location === undefined; page += 1) {
    const form = formOf(answer.body);
    const body = { ...form.fields, ...('username' in form.fields && { username: 'admin', password: PASSWORD }) };
    answer = await follow(server, form.action, cookies, body);
  }
  if (!answer.location?.includes('code='))
    throw new Error(`no code after sign-in: ${answer.status} ${answer.body.slice(0, 400)}`);
  return cookies;
}

async function follow(server, address, cookies, form) {
  let answer = await send(new URL(address, server.url), {
    method: form ? 'POST' : 'GET',
    form,
    cookies,
    ...(form && { headers: { origin: server.url } }),
  });
  for (let hop = 0; hop < 8 && answer.location !== undefined && !answer.location.startsWith(REDIRECT); hop += 1) {
    answer = await send(new URL(answer.location, server.url), { method: 'GET', cookies });
  }
  return answer;
}

/** The form that goes on: the one with a user name, or else the one that allows. */
function formOf(html) {
  const forms = [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes, inside]) => ({
    action: decode(/action="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    fields: Object.fromEntries(
      [...inside.matchAll(/<(?:input|button)\b([^>]*)>/g)]
        .map(([, field]) => [/\bname="([^"]*)"/.exec(field)?.[1], /\bvalue="([^"]*)"/.exec(field)?.[1] ?? ''])
        .filter(([name, value]) => name !== undefined && !/^(deny|cancel)$/.test(value))
        .map(([name, value]) => [name, decode(value)]),
    ),
  }));
  const chosen =
    forms.find(({ fields }) => 'username' in fields) ?? forms.find(({ action }) => /consent(\?|$)/.test(action));
  if (chosen === undefined) throw new Error(`no form to go on with: ${html.slice(0, 400)}`);
  return chosen;
}

function decode(text) {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}

function authorizeAddress(server) {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: server.clientId,
    redirect_uri: REDIRECT,
    scope: SCOPES.join(' '),
    state: 's',
    nonce: 'n',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return { verifier, address: `${API}/authorize?${parameters}` };
}

/** Authorization request of a signed-in person with consent, code, tokens. */
export async function login(server, index) {
  const cookies = (server.jars[index] ??= { ...server.cookies });
  const { verifier, address } = authorizeAddress(server);
  const answer = await follow(server, address, cookies);
  const code = new URL(answer.location ?? 'x:').searchParams.get('code');
  if (!code) throw new Error(`no code: ${answer.status} ${answer.body.slice(0, 300)}`);
  return token(server, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: verifier });
}

export async function token(server, form) {
  const answer = await send(`${server.url}${API}/token`, { form, headers: { authorization: server.basic } });
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}

export async function introspect(server, value) {
  const answer = await send(`${server.url}${API}/introspect`, {
    form: { token: value },
    headers: { authorization: server.basic },
  });
  if (!answer.body.includes('"active":true')) throw new Error(answer.body);
}

/** The process and all below it. */
export function family(pid) {
  const parents = processes();
  const found = [pid];
  for (const parent of found) for (const [child, of] of parents) if (of.parent === parent) found.push(child);
  return found;
}

/** CPU microseconds of these processes, and of those of their children that have ended. */
export function cpuOf(pids) {
  const known = processes();
  return pids.reduce((sum, pid) => sum + (known.get(pid)?.ticks ?? 0), 0) * 10_000;
}

function processes() {
  const found = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      found.set(Number(name), { parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] });
    } catch {
      // It ended between the two reads.
    }
  }
  return found;
}
