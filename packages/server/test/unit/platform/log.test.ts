import { describe, expect, test } from 'vitest';
import { createLog } from '../../../src/platform/log/log.ts';

function record(json: boolean): { lines: string[]; log: ReturnType<typeof createLog>['logger'] } {
  const lines: string[] = [];
  const { logger } = createLog({ level: 'trace', json, stream: { write: (line) => void lines.push(line) } });
  return { lines, log: logger };
}

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

describe('secrets never reach the log', () => {
  test.each([
    ['a password', { password: 'hunter2' }, 'hunter2'],
    ['a nested password', { form: { user: { new_password: 'hunter2' } } }, 'hunter2'],
    ['a token', { access_token: 'opaque-token' }, 'opaque-token'],
    ['a cookie header', { headers: { cookie: 'session=abc123' } }, 'abc123'],
    ['a set-cookie header', { headers: { 'set-cookie': ['session=abc123'] } }, 'abc123'],
    ['an authorization header', { headers: { authorization: 'Basic YTpi' } }, 'YTpi'],
    ['a client secret', { client_secret: 'sssh-it-is-one' }, 'sssh'],
    ['a PKCE verifier', { code_verifier: 'verifier-verifier' }, 'verifier-verifier'],
    ['an authorization code', { code: 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIz' }, 'Zm9v'],
    ['a device code', { device_code: 'ddddddddddddd' }, 'ddddd'],
    ['a user code', { user_code: 'WDJB-MJHT' }, 'WDJB'],
    ['a one-time code', { otp: '123456' }, '123456'],
    ['a recovery code', { recovery_code: 'aaaa-bbbb-cccc' }, 'bbbb'],
    ['a login that goes on', { auth_session: 'half-way-there' }, 'half-way'],
    ['a form token', { csrf: 'form-token' }, 'form-token'],
    ['a client assertion', { client_assertion: 'signed-by-me' }, 'signed-by-me'],
    ['an ID token hint', { id_token_hint: 'hint.hint.hint' }, 'hint.hint'],
    ['an API key', { api_key: 'key-key-key' }, 'key-key-key'],
    ['the query of an address', { url: '/oidc/logout?id_token_hint=abc.def' }, 'abc.def'],
    ['the query of a redirect', { redirect_uri: 'https://app.example/cb?code=12345' }, '12345'],
    ['a request body', { body: 'grant_type=password&password=hunter2' }, 'hunter2'],
  ])('%s in a field', (_name, fields, secret) => {
    const { lines, log } = record(true);
    log.info(fields, 'request');
    expect(lines.join('')).not.toContain(secret);
    expect(lines).toHaveLength(1);
  });

  test.each([
    ['a signed token', `token ${JWT} refused`, JWT],
    ['a signed token behind other words', `a.b-token-${JWT}`, JWT],
    ['an encrypted token', `${JWT}.YWJjZA.ZWZnaA`, 'c2lnbmF0dXJl'],
    ['an API key', 'key authly_pat_0123456789abcdefghijABCDEFGHIJ0123456789abc123456 refused', '0123456789abcdefghij'],
    ['a refresh token', 'authly_rt_abcdefghijklmnopqrstuvwxyz012345', 'abcdefghijklmnop'],
    ['a client secret', 'cs_abcdefghijklmnopqrstuvwxyz012345', 'abcdefghijklmnop'],
    ['a connection string', 'connect postgresql://authly:hunter2@db:5432/authly failed', 'hunter2'],
    ['an authorization value', 'header was Bearer abcdefgh12345678', 'abcdefgh12345678'],
  ])('%s in the message', (_name, message, secret) => {
    const { lines, log } = record(true);
    log.warn(message);
    expect(lines.join('')).not.toContain(secret);
  });

  test('an error shows its message, stack, code and cause, and nothing that a library hung on it', () => {
    const { lines, log } = record(true);
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (email)=(alice@example.org) already exists.',
      parameters: ['alice@example.org'],
    });
    log.error({ err: new Error('a request failed', { cause }) }, 'request failed');
    const line = JSON.parse(lines[0] ?? '');
    expect(line.err).toMatchObject({ message: 'a request failed', cause: { message: 'duplicate key', code: '23505' } });
    expect(lines.join('')).not.toContain('alice@example.org');
  });

  test('what is no secret stays', () => {
    const { lines, log } = record(true);
    log.info(
      { status_code: 200, path: '/api/v1/oauth/token', code: 'ECONNRESET', grant_type: 'password', ms: 1.5 },
      'ok',
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      status_code: 200,
      path: '/api/v1/oauth/token',
      code: 'ECONNRESET',
      grant_type: 'password',
      ms: 1.5,
      msg: 'ok',
    });
  });
});

describe('what strangers send costs the log little', () => {
  test.each(['a.', 'eyJ-', 'eyJaaaaa-', 'a+', 'cs_', 'x://a:', 'Bearer a '])('a path of many %j', (piece) => {
    const { lines, log } = record(true);
    log.info({ path: `/${piece.repeat(5_000)}`, agent: piece.repeat(5_000) }, 'request');
    expect(lines.join('').length).toBeLessThan(4_500);
  });

  test('an error with a long message', () => {
    const { lines, log } = record(true);
    log.error({ err: new Error('a.'.repeat(50_000)) }, 'failed');
    expect(lines.join('').length).toBeLessThan(12_500);
  });
});

test('a line for reading has time, level, message, fields and the stack below, and cannot steer the terminal', () => {
  const { lines, log } = record(false);
  log.error({ err: new Error('boom'), agent: 'x\u001b[2J\n fake line' }, 'it failed');
  const [text = ''] = lines;
  expect(text).toMatch(/^\d\d:\d\d:\d\d ERROR it failed agent=x \[2J\s+fake line\n {2}Error: boom\n/);
  expect(text).not.toContain('\u001b');
});

test('a loop in a logged object does not end the process', () => {
  const { lines, log } = record(true);
  const loop: Record<string, unknown> = { name: 'loop' };
  loop['self'] = loop;
  log.info({ loop }, 'still here');
  expect(lines[0]).toContain('still here');
});
