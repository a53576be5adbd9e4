import { describe, expect, it } from 'vitest';
import { createFakeClock, createFakeTerminal, type FakeTerminal } from '../../../src/testing.js';
import { requestDeviceAuthorization } from '../../../src/flows.js';
import { loginByCode } from '../../../src/login/login-by-code.js';
import { loginInBrowser } from '../../../src/login/login-in-browser.js';
import { createEmitter } from '../../../src/session/auth-events.js';
import { inWords } from '../../../src/terminal/in-words.js';
import type { Terminal } from '../../../src/terminal/terminal.js';
import { issuer, scriptedConnection, type Answer } from '../../support/scripted-server.js';

const tokens: Answer = { body: { access_token: 'at', token_type: 'Bearer', expires_in: 60 } };
const pending: Answer = { status: 400, body: { error: 'authorization_pending' } };
const device: Answer = {
  body: {
    device_code: 'dc',
    user_code: 'BCDF-GHJK',
    verification_uri: `${issuer}/device`,
    verification_uri_complete: `${issuer}/device?user_code=BCDF-GHJK`,
    expires_in: 600,
  },
};

describe('the browser login in front of a person', () => {
  async function given() {
    const clock = createFakeClock();
    const { connection } = scriptedConnection([tokens], { clock });
    const terminal = createFakeTerminal();
    return { clock, terminal, connection: await connection };
  }

  // @rule 1.3
  it('says for how long it waits', async () => {
    const { connection, terminal } = await given();
    const signal = AbortSignal.timeout(50);
    await loginInBrowser(connection, { terminal, timeoutMs: 300_000, signal }).catch(() => undefined);
    expect(terminal.lines).toContain('This login waits for 5 minutes.');
  });

  // @rule 1.4, 1.18
  it('offers a code when the browser has not come back after 20 seconds, and takes the offer', async () => {
    const { clock, connection, terminal } = await given();
    const login = loginInBrowser(connection, { terminal, openBrowser: async () => true });
    await clock.advance(19_999);
    expect(terminal.lines.join('\n')).not.toContain('Not working?');
    await clock.advance(1);
    expect(terminal.lines).toContain(
      'Not working? Type d and press Enter for a code that you can enter on any device.',
    );
    terminal.answer('d');
    expect(await login).toBeUndefined();
  });

  it('does not offer what the server does not have', async () => {
    const clock = createFakeClock();
    const server = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
    const { connection } = scriptedConnection([tokens], { clock, server });
    const terminal = createFakeTerminal();
    const controller = new AbortController();
    const login = loginInBrowser(await connection, { terminal, signal: controller.signal }).catch(() => 'ended');
    await clock.advance(60_000);
    controller.abort(new Error('enough'));
    await login;
    expect(terminal.lines.join('\n')).not.toContain('Not working?');
  });
});

describe('the login by code in front of a person', () => {
  async function given(answers: readonly Answer[], change: Partial<Terminal> = {}, browser = false) {
    const clock = createFakeClock();
    const { connection, exchanges } = scriptedConnection([device, ...answers], { clock });
    const terminal: FakeTerminal = Object.assign(createFakeTerminal(), change);
    const opened: string[] = [];
    const openBrowser = async (url: string) => opened.push(url) > 0;
    const login = loginByCode(await connection, {
      terminal,
      events: createEmitter(),
      ...(browser && { openBrowser }),
    });
    await clock.advance(10);
    return { clock, terminal, exchanges, opened, login };
  }

  // @rule 1.3, 1.38
  it('shows code and address whole, on lines of their own, and how long the code is good', async () => {
    const { terminal, login, clock } = await given([tokens], { columns: 40 });
    expect(terminal.lines.slice(0, 4)).toEqual([
      'Your code:  BCDF-GHJK',
      'Enter it at:',
      `${issuer}/device`,
      'The code is good for 10 minutes.',
    ]);
    await clock.advance(6_000);
    await login;
  });

  // @rule 1.38
  it('leads link and browser to the complete address', async () => {
    const link = (text: string, url: string) => `[${text}](${url})`;
    const { terminal, opened, login, clock } = await given([pending, tokens], { link }, true);
    expect(terminal.lines).toContain(`[${issuer}/device](${issuer}/device?user_code=BCDF-GHJK)`);
    terminal.press('enter');
    await clock.advance(12_000);
    await login;
    expect(opened).toEqual([`${issuer}/device?user_code=BCDF-GHJK`]);
  });

  // @rule 1.39
  it.each([
    ['a browser is opened', {}, true],
    ['the terminal is narrow', { columns: 39 }, false],
    ['the terminal knows no block characters', { unicode: false }, false],
  ])('draws no QR code where %s', async (_where, change, browser) => {
    const { terminal, login, clock } = await given([tokens], change, browser);
    expect(terminal.lines.join('')).not.toMatch(/[█▄▀]/);
    await clock.advance(6_000);
    await login;
  });

  // @rule 1.39
  it('draws one where nothing else helps', async () => {
    const { terminal, login, clock } = await given([tokens], { columns: 40, unicode: true });
    const drawn = terminal.lines
      .join('\n')
      .split('\n')
      .filter((line) => /[█▄▀]/.test(line));
    expect(drawn.length).toBeGreaterThan(10);
    for (const line of drawn) expect(line).toMatch(/^\u001b\[97;40m[ █▄▀]+\u001b\[0m$/);
    await clock.advance(6_000);
    await login;
  });

  // @rule 1.40
  it.each([
    ['has no way', async () => false],
    ['fails', () => Promise.reject(new Error('no clipboard'))],
  ])('goes on when copying %s', async (_how, copy) => {
    const { terminal, login, clock } = await given([pending, tokens], { copy });
    terminal.press('c');
    await clock.advance(12_000);
    expect((await login).accessToken).toBe('at');
    expect(terminal.lines).toContain('The code could not be copied.');
  });

  // @rule 1.36
  it('asks at once when the process goes on after it was stopped', async () => {
    const { exchanges, login, clock } = await given([tokens]);
    process.emit('SIGCONT');
    expect((await login).accessToken).toBe('at');
    expect(exchanges).toHaveLength(2);
    expect(process.listenerCount('SIGCONT')).toBe(0);
    await clock.advance(1);
  });
});

describe('what the server says about a code', () => {
  const asked = async (change: object) => {
    const { connection } = scriptedConnection([{ body: { ...(device.body as object), ...change } }]);
    return requestDeviceAuthorization(await connection);
  };

  // @rule 1.30
  it('means 5 seconds between polls when it names no interval', async () => {
    expect((await asked({})).intervalSeconds).toBe(5);
    expect((await asked({ interval: 7 })).intervalSeconds).toBe(7);
  });

  // @rule 1.41
  it('is understood with verification_url', async () => {
    const { verificationUri } = await asked({
      verification_uri: undefined,
      verification_url: 'https://g.example/device',
    });
    expect(verificationUri).toBe('https://g.example/device');
  });

  // @rule 1.41
  it.each(['http://evil.example/device', 'javascript:alert(1)', 'file:///etc/passwd', 'https://a.example/\u001b[2J'])(
    'is refused with the address %j',
    async (address) => {
      await expect(asked({ verification_uri: address })).rejects.toMatchObject({ code: 'oauth_error' });
      await expect(asked({ verification_uri_complete: address })).rejects.toMatchObject({ code: 'oauth_error' });
    },
  );

  it('cannot act on the terminal with the code', async () => {
    expect((await asked({ user_code: 'AB\u001b[2J\u202eCD' })).userCode).toBe('AB [2J CD');
  });
});

it('a length of time is told in words, and never longer than it is', () => {
  expect([0, 1_000, 89_999, 119_999, 120_000, 300_000, 599_999].map(inWords)).toEqual([
    '0 seconds',
    '1 second',
    '89 seconds',
    '119 seconds',
    '2 minutes',
    '5 minutes',
    '9 minutes',
  ]);
});
