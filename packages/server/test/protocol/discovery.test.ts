import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent } from '../support/agent.js';
import { freePort } from '../support/settings.js';
import { startServer, type TestServer } from '../support/server.js';

type Metadata = Record<string, unknown> & { readonly issuer: string };

let server: TestServer;
let oauth: Metadata;
let openid: Metadata;

beforeAll(async () => {
  server = await startServer();
  oauth = await metadata(`${server.url}/.well-known/oauth-authorization-server`);
  openid = await metadata(`${server.url}/.well-known/openid-configuration`);
});
afterAll(() => server.stop());

async function metadata(url: string): Promise<Metadata> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  return (await response.json()) as Metadata;
}

/** Sends a request with a Host header of its own, which fetch does not allow. */
function withHost(url: string, host: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { headers: { host, ...headers } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve(`${JSON.stringify(response.headers)}${body}`));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('discovery', () => {
  // @check 1, 2, 3
  it('answers both documents, with the issuer byte for byte', () => {
    expect(oauth.issuer).toBe(server.context.settings.issuer);
    expect(openid.issuer).toBe(server.context.settings.issuer);
  });

  // @check 1, 2
  it('of an issuer with a path is found in all four places', async () => {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}/auth/main`;
    const app = await startServer({ settings: { issuer, port } });
    const at = app.url;
    for (const url of [
      `${at}/.well-known/oauth-authorization-server/auth/main`,
      `${at}/.well-known/openid-configuration/auth/main`,
      `${at}/auth/main/.well-known/openid-configuration`,
      // Nimbus looks for OAuth's document there.
      `${at}/auth/main/.well-known/oauth-authorization-server`,
    ]) {
      const document = await metadata(url);
      expect(document.issuer).toBe(issuer);
      expect(document.token_endpoint).toBe(`${issuer}/api/v1/oauth/token`);
    }
    const client = await app.given.client();
    const token = await fetch(`${at}/auth/main/api/v1/oauth/token`, {
      method: 'POST',
      headers: client.basic,
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(token.status).toBe(200);
    const login = await createAgent(at).get(`${at}/auth/main/login`);
    expect(login.body).toContain('action="/auth/main/login"');
    await app.stop();
  });

  // @check 5, 6, 7, 10, 11, 15, 18, 19
  it('names what is there', () => {
    for (const document of [oauth, openid]) {
      expect(document).toMatchObject({
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
        response_types_supported: ['code'],
        token_endpoint: expect.stringContaining('/api/v1/oauth/token'),
        end_session_endpoint: expect.any(String),
        introspection_endpoint: expect.any(String),
        revocation_endpoint: expect.any(String),
      });
      expect(document.id_token_signing_alg_values_supported).toContain('RS256');
      expect(document.id_token_signing_alg_values_supported).not.toContain('none');
      expect(document.userinfo_signing_alg_values_supported).toEqual(['RS256', 'ES256', 'PS256', 'EdDSA']);
      // No registered member, and not true of every client.
      expect(document).not.toHaveProperty('require_pkce');
      expect(document.token_endpoint_auth_signing_alg_values_supported).not.toContain('none');
      // Libraries ask for all that is listed: only what a client may have to which nothing was assigned.
      expect(document.scopes_supported).toEqual(
        expect.arrayContaining(['openid', 'profile', 'email', 'offline_access']),
      );
      for (const scope of document.scopes_supported as string[]) expect(scope).not.toMatch(/^(?:admin|database|cache)/);
    }
  });

  // @check 8
  it('has no null and no empty list', () => {
    for (const value of [...Object.values(oauth), ...Object.values(openid)]) {
      expect(value).not.toBeNull();
      if (Array.isArray(value)) expect(value.length).toBeGreaterThan(0);
    }
  });

  // @check 9
  it('lists the grant types and methods that work, and no other works', async () => {
    for (const grantType of openid.grant_types_supported as string[]) {
      const answer = (await (await server.post('/api/v1/oauth/token', { grant_type: grantType })).json()) as {
        error: string;
      };
      expect(answer.error).not.toBe('unsupported_grant_type');
    }
    for (const grantType of ['implicit', 'urn:ietf:params:oauth:grant-type:token-exchange']) {
      const answer = (await (await server.post('/api/v1/oauth/token', { grant_type: grantType })).json()) as {
        error: string;
      };
      expect(answer.error).toBe('unsupported_grant_type');
    }
  });

  // @check 14
  it('names the device endpoint with the device grant', () => {
    expect(openid.grant_types_supported).toContain('urn:ietf:params:oauth:grant-type:device_code');
    expect(openid.device_authorization_endpoint).toContain('/oauth/device_authorization');
  });

  // @check 17, 25
  it('tells the truth about request objects, and no address has a fragment', () => {
    expect(openid).toMatchObject({
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      claims_parameter_supported: true,
    });
    for (const [name, value] of Object.entries(openid))
      if (name.endsWith('_endpoint')) expect(String(value)).not.toContain('#');
  });

  // @attack Host header injection (CVE-2025-64101, CVE-2025-48936)
  // @check 264, 265
  it('never follows a Host or X-Forwarded header', async () => {
    const text = await withHost(`${server.url}/.well-known/openid-configuration`, 'evil.example', {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    });
    expect(text).not.toContain('evil.example');
    expect(text).toContain(server.url);
    expect(await withHost(`${server.url}/login`, 'evil.example')).not.toContain('evil.example');
  });

  it('gives command lines all they need', async () => {
    const document = await metadata(`${server.url}/.well-known/cli-configuration`);
    expect(document).toMatchObject({
      issuer: server.url,
      client_id: 'authly',
      scopes: expect.arrayContaining(['openid', 'offline_access']),
      device_authorization_endpoint: expect.any(String),
    });
  });
});

describe('the keys', () => {
  // @check 21, 22
  it('are public parts only, each with kid, use and alg, and may be kept for a while', async () => {
    const response = await fetch(`${server.url}/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };
    expect(new Set(keys.map((key) => key.kid)).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatchObject({ use: 'sig', alg: expect.any(String), kid: expect.any(String) });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) expect(key).not.toHaveProperty(secret);
    }
    expect(response.headers.get('cache-control')).toMatch(/public, max-age=\d+/);
  });
});

describe('every address', () => {
  // @check 274, 276
  it('says nosniff, a content type and the date; unknown ones are 404 as JSON or a page, without a trace', async () => {
    for (const path of ['/', '/login', '/health', '/.well-known/jwks.json', '/nowhere', '/api/v1/oauth/token']) {
      const response = await fetch(`${server.url}${path}`);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.has('content-type')).toBe(true);
      expect(response.headers.has('date')).toBe(true);
      expect(response.headers.has('x-request-id')).toBe(true);
    }
    const json = await fetch(`${server.url}/nowhere`);
    expect(json.status).toBe(404);
    expect(await json.json()).toMatchObject({
      status: 404,
      detail: expect.any(String),
      request_id: expect.any(String),
    });
    const page = await fetch(`${server.url}/nowhere`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(404);
    expect(await page.text()).not.toMatch(/at .*\.(ts|js):\d+/);
  });

  it('is served with and without a slash at its end', async () => {
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
  });

  it('echoes a sane request id and replaces any other', async () => {
    const echoed = await fetch(`${server.url}/health`, { headers: { 'x-correlation-id': 'my-id.1' } });
    expect(echoed.headers.get('x-correlation-id')).toBe('my-id.1');
    const replaced = await fetch(`${server.url}/health`, { headers: { 'x-request-id': 'bad id!' } });
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
