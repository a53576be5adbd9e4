/** What the tests of this image say to the server: requests, a browser without a screen, and an administrator. Nothing but Node. */
import { createHash, randomBytes } from 'node:crypto';

export const BASE =
  process.env.AUTHLY_BASE_URL ?? process.env.AUTHLY_URL ?? `http://localhost:${process.env.AUTHLY_PORT || 8000}`;
export const ADMINISTRATOR = {
  username: process.env.AUTHLY_ADMIN_USERNAME || 'admin',
  password: process.env.AUTHLY_ADMIN_PASSWORD || process.env.ADMIN_PASSWORD || 'admin',
};
export const ADMIN_SCOPES = ['clients', 'scopes', 'users']
  .flatMap((of) => [`admin:${of}:read`, `admin:${of}:write`])
  .join(' ');

/** Answers `{ status, headers, body, text }`; the body is parsed where it is JSON. */
export async function call(method, path, { form, json, token, basic, headers = {} } = {}) {
  const all = { ...headers };
  if (token !== undefined) all.authorization = `Bearer ${token}`;
  if (basic !== undefined)
    all.authorization = `Basic ${Buffer.from(basic.map(encodeURIComponent).join(':')).toString('base64')}`;
  if (json !== undefined) all['content-type'] = 'application/json';
  const body = form !== undefined ? new URLSearchParams(form) : json !== undefined ? JSON.stringify(json) : undefined;
  const url = new URL(path, BASE);
  const request = new Request(url, {
    method,
    headers: all,
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
  });
  const response = await fetch(request, { signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, headers: response.headers, body: parsed ?? {}, text };
}

/** Fails with what was expected and what came. */
export function check(condition, what, answer) {
  if (condition) return;
  const came = answer === undefined ? '' : `; got ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
  throw new Error(`${what}${came}`);
}

export function expectStatus(answer, status, what) {
  check(answer.status === status, `${what} answers ${status}`, answer);
  return answer.body;
}

/** The password grant, which this image has switched on. */
export const passwordGrant = ({ username, password }, scope = 'openid profile email') =>
  call('POST', '/api/v1/oauth/token', { form: { grant_type: 'password', username, password, scope } });

export async function adminToken() {
  return expectStatus(
    await passwordGrant(ADMINISTRATOR, `openid ${ADMIN_SCOPES}`),
    200,
    'the login of the administrator',
  ).access_token;
}

export const unique = () => randomBytes(5).toString('hex');
export const aPassword = () => `correct-horse-${randomBytes(9).toString('base64url')}`;

export async function newUser(token) {
  const user = { username: `test_${unique()}`, email: `${unique()}@example.com`, password: aPassword() };
  const body = expectStatus(
    await call('POST', '/admin/users', { token, json: { ...user, is_verified: true } }),
    201,
    'creating a user',
  );
  return { ...user, id: body.id };
}

export const CALLBACK = 'http://127.0.0.1:9999/callback';

export async function newClient(token, more = {}) {
  const json = {
    client_name: `test ${unique()}`,
    client_type: 'confidential',
    redirect_uris: [CALLBACK],
    scope: 'openid profile email offline_access',
    ...more,
  };
  return expectStatus(await call('POST', '/admin/clients', { token, json }), 201, 'creating a client');
}

export function newPkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function authorizeUrl(client, { pkce, state = unique(), nonce = unique(), ...more }) {
  const url = new URL('/api/v1/oauth/authorize', BASE);
  const parameters = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    state,
    nonce,
    ...(pkce === undefined ? {} : { code_challenge: pkce.challenge, code_challenge_method: 'S256' }),
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Signs in and consents as a person would, page by page; answers where the application gets its answer. */
export async function walkThroughPages(start, { username, password }) {
  const cookies = new Map();
  let request = { method: 'GET', url: new URL(start) };
  for (let steps = 0; steps < 20; steps += 1) {
    if (request.url.origin !== new URL(BASE).origin) return request.url;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await call(request.method, request.url, {
      form: request.form,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(request.method === 'POST' ? { origin: new URL(BASE).origin } : {}),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location !== null) {
      request = { method: 'GET', url: new URL(location, request.url) };
      continue;
    }
    request = submitForm(answer, request.url, { username, password });
  }
  throw new Error('the pages do not come to an end');
}

function submitForm(answer, at, person) {
  const form = /<form[^>]* id="(?:login|consent)-form"[^>]*>([\s\S]*?)<\/form>/.exec(answer.text);
  check(form !== null && answer.status === 200, 'a page with a form comes', answer);
  const fields = {};
  for (const [tag] of form[1].matchAll(/<(input|button)[^>]*>/g)) {
    const [name, value, type] = ['name', 'value', 'type'].map(
      (each) => new RegExp(` ${each}="([^"]*)"`).exec(tag)?.[1],
    );
    if (name === undefined) continue;
    if (name in person) fields[name] = person[name];
    else if (type === 'hidden') fields[name] = decode(value ?? '');
    // The first button is the one that goes on: sign in, allow.
    else if (tag.startsWith('<button') && !(name in fields)) fields[name] = decode(value ?? '');
  }
  const action = / action="([^"]*)"/.exec(form[0])?.[1];
  return { method: 'POST', url: new URL(decode(action ?? ''), at), form: fields };
}

const decode = (text) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** A whole login with a code; answers the reply of the token endpoint. */
export async function logIn(client, person, { scope = 'openid profile email' } = {}) {
  const pkce = newPkce();
  const state = unique();
  const back = await walkThroughPages(authorizeUrl(client, { pkce, state, scope }), person);
  check(back.searchParams.get('state') === state, `the state comes back (${back.search})`);
  const code = back.searchParams.get('code');
  check(code !== null, `a code comes back (${back.search})`);
  const redeem = () =>
    call('POST', '/api/v1/oauth/token', {
      basic: [client.client_id, client.client_secret],
      form: { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: pkce.verifier },
    });
  return { answer: await redeem(), redeem };
}

export const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
export const introspect = (token) => call('POST', '/api/v1/oauth/introspect', { form: { token } });
