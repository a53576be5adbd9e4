import { connect as openSocket } from 'node:net';
import { createServer, request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listenOnLoopback, loginThroughLoopback, type LoopbackListener } from '../../src/cli.js';
import { bind } from '../../src/flows/browser/loopback-listener.js';
import { scriptedConnection, type Answer } from '../support/scripted-server.js';

const tokens: Answer = { body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 } };

describe('the loopback listener', () => {
  const open: LoopbackListener[] = [];
  afterEach(() => Promise.all(open.splice(0).map((listener) => listener.close())));
  async function given() {
    const listener = await listenOnLoopback();
    open.push(listener);
    return { listener, base: new URL(listener.redirectUri).origin };
  }

  // @rule 1.20
  it('listens on 127.0.0.1 only, on a free port', async () => {
    const { listener } = await given();
    const { port } = new URL(listener.redirectUri);
    expect(listener.redirectUri).toBe(`http://127.0.0.1:${port}/callback`);
    // Every address below 127 is this computer; a listener on all interfaces would answer there too.
    const elsewhere = openSocket(Number(port), '127.0.0.2');
    await expect(
      new Promise((resolve, reject) => elsewhere.once('connect', resolve).once('error', reject)),
    ).rejects.toThrow('ECONNREFUSED');
  });

  // @rule 1.20
  it('listens on ::1 where there is no 127.0.0.1', async () => {
    const server = createServer();
    // An address for documentation: no computer has it.
    const authority = await bind(server, ['192.0.2.1', '::1'], 0);
    expect(authority).toMatch(/^\[::1\]:\d+$/);
    server.close();
  });

  // @rule 1.23
  it('answers anything but the callback with 404', async () => {
    const { listener, base } = await given();
    void listener.answer('s');
    for (const path of ['/', '/favicon.ico', '/callback/', '/done', '//callback', '/%63allback']) {
      expect((await fetch(base + path)).status).toBe(404);
    }
    expect((await fetch(`${base}/callback?state=s&code=c`, { method: 'POST' })).status).toBe(404);
  });

  // @rule 1.23
  it('lets no page of another site read what it says, nor ask for permission', async () => {
    const { listener, base } = await given();
    void listener.answer('s');
    const headers = {
      origin: 'https://evil.example',
      'access-control-request-method': 'GET',
      'access-control-request-private-network': 'true',
    };
    for (const method of ['OPTIONS', 'GET']) {
      const answer = await fetch(`${base}/callback?state=wrong`, { method, headers });
      expect(answer.ok).toBe(false);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  // @rule 1.23
  it('refuses another name for this computer', async () => {
    const { listener, base } = await given();
    void listener.answer('s');
    const status = await new Promise((resolve, reject) => {
      const call = httpRequest(`${base}/callback?state=s&code=c`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.on('error', reject).end();
    });
    expect(status).toBe(404);
  });

  // @attack answer of another server (RFC 9700 §4.4)
  // @rule 1.24
  it('keeps waiting after a wrong state, and takes the first right one only', async () => {
    const { listener, base } = await given();
    const answer = listener.answer('right');
    for (const query of ['', '?state=wrong&code=c', '?code=c', '?state=&code=c']) {
      expect((await fetch(`${base}/callback${query}`)).status).toBe(400);
    }
    const page = fetch(`${base}/callback?state=right&code=first`);
    expect((await answer).get('code')).toBe('first');
    expect((await fetch(`${base}/callback?state=right&code=second`)).status).toBe(400);
    await listener.finish({ tone: 'success', title: 'Done', text: 'Well.' });
    expect(await (await page).text()).toContain('Done');
  });

  // @rule 1.25, 1.26, 1.27
  it('holds the browser until the result is known, then shows it at an address without the code', async () => {
    const { listener, base } = await given();
    const answer = listener.answer('s');
    let arrived = false;
    const page = fetch(`${base}/callback?state=s&code=secret-code`).finally(() => {
      arrived = true;
    });
    await answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(arrived).toBe(false);
    await listener.finish({ tone: 'success', title: 'No <script>alert(1)</script>', text: '"&\'' });
    const shown = await page;
    expect(shown.url).toBe(`${base}/done`);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    const text = await shown.text();
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('secret-code');
  });

  // @rule 1.27
  it('closes at once although a browser holds a socket open that it never used', async () => {
    const { listener, base } = await given();
    const socket = openSocket(Number(new URL(base).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const started = Date.now();
    await listener.close();
    expect(Date.now() - started).toBeLessThan(1_000);
    socket.destroy();
  });

  // @rule 1.22
  it('says that a fixed port is taken', async () => {
    const { base } = await given();
    const port = Number(new URL(base).port);
    await expect(listenOnLoopback({ port })).rejects.toMatchObject({
      code: 'config_invalid',
      reason: 'Another program listens there.',
    });
  });
});

describe('the browser login', () => {
  const come = (url: string, change: Record<string, string>) => {
    const asked = new URL(url).searchParams;
    const back = new URL(asked.get('redirect_uri') ?? '');
    for (const [name, value] of Object.entries({ state: asked.get('state') ?? '', ...change }))
      back.searchParams.set(name, value);
    return fetch(back);
  };

  // @rule 1.25, 1.26
  it('shows the refusal of the server in the browser and gives it to the caller', async () => {
    const { connection } = scriptedConnection([]);
    let page: Promise<Response> | undefined;
    const login = loginThroughLoopback(await connection, {
      onUrl: (url) => {
        page = come(url, { error: 'access_denied', error_description: '<script>no</script>' });
      },
    });
    await expect(login).rejects.toMatchObject({ code: 'access_denied', exitCode: 3 });
    const text = await (await page)?.text();
    expect(text).toContain('did not succeed');
    expect(text).not.toContain('<script>');
  });

  // @attack mix-up (RFC 9207)
  // @attack answer of another server (RFC 9700 §4.4)
  // @rule 1.24
  it('refuses an answer in the name of another server', async () => {
    const { connection, exchanges } = scriptedConnection([tokens]);
    const login = loginThroughLoopback(await connection, {
      onUrl: (url) => void come(url, { code: 'c', iss: 'https://evil.example' }),
    });
    await expect(login).rejects.toMatchObject({ code: 'issuer_mismatch' });
    expect(exchanges).toHaveLength(0);
  });

  // @rule 1.25
  it('tells the browser that the exchange has failed', async () => {
    const { connection } = scriptedConnection([{ status: 400, body: { error: 'invalid_grant' } }]);
    let page: Promise<Response> | undefined;
    const login = loginThroughLoopback(await connection, {
      onUrl: (url) => {
        page = come(url, { code: 'c' });
      },
    });
    await expect(login).rejects.toMatchObject({ oauthError: 'invalid_grant' });
    expect(await (await page)?.text()).toContain('did not succeed');
  });

  // @rule 1.17
  it('asks again for a pasted code that the server refuses, while the browser may still come back', async () => {
    const { connection, exchanges } = scriptedConnection([{ status: 400, body: { error: 'invalid_grant' } }, tokens]);
    const answers = ['wrong-code', 'right-code'];
    const login = await loginThroughLoopback(await connection, {
      onUrl: () => undefined,
      askForCode: async () => answers.shift() ?? '',
    });
    expect(login.accessToken).toBe('at');
    expect(exchanges.map(({ body }) => body.get('code'))).toEqual(['wrong-code', 'right-code']);
    expect(new Set(exchanges.map(({ body }) => body.get('code_verifier'))).size).toBe(1);
  });

  // @rule 1.4
  it('gives up after the time limit', async () => {
    const { connection } = scriptedConnection([]);
    const login = loginThroughLoopback(await connection, { onUrl: () => undefined, timeoutMs: 50 });
    await expect(login).rejects.toMatchObject({ code: 'login_timeout' });
  });
});
