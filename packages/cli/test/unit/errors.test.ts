import { AdminApiError, type AdminApiErrorFields } from '@authly/admin-api/client';
import { describe, expect, test } from 'vitest';
import { explainApiError } from '../../src/errors/api-error.js';
import { CliError } from '../../src/errors/cli-error.js';
import { explain } from '../../src/errors/explain.js';
import { EXIT } from '../../src/errors/exit-code.js';
import { report } from '../../src/errors/report.js';
import { createTerminal } from '../../src/terminal/terminal.js';
import { captured } from '../support/streams.js';

const refused = (status: number, message: string, more: Partial<AdminApiErrorFields> = {}) =>
  new AdminApiError(message, { kind: 'refused', status, ...more });
const client = { noun: 'Client', label: 'Client ID', id: 'invalid-client' };

describe('the exit code', () => {
  const cases: readonly (readonly [string, AdminApiError, number])[] = [
    ['a token that is not accepted', refused(401, 'Could not validate credentials'), EXIT.authentication],
    [
      'a missing scope',
      refused(403, 'Missing required admin scope: admin:users:read', { code: 'INSUFFICIENT_SCOPE' }),
      EXIT.permission,
    ],
    ['a thing that is not there', refused(404, 'Client not found: x', { code: 'CLIENT_NOT_FOUND' }), EXIT.notFound],
    ['a thing that is not there, on an older server', refused(404, 'Client not found: x'), EXIT.notFound],
    ['an operation that the server does not know', refused(404, 'Not Found'), EXIT.general],
    ['a wrong value', refused(400, 'Invalid scopes: x', { code: 'INVALID_REQUEST' }), EXIT.validation],
    ['a wrong value, on an older server', refused(422, 'field required'), EXIT.validation],
    ['a name that is taken', refused(400, "Scope 'read' already exists"), EXIT.conflict],
    ['a name that is taken, by its code', refused(409, 'Taken.', { code: 'ALREADY_EXISTS' }), EXIT.conflict],
    [
      'the last administrator',
      refused(409, 'Cannot remove the last administrator.', { code: 'LAST_ADMIN' }),
      EXIT.conflict,
    ],
    ['a change on top of somebody else’s', refused(412, 'Stale.', { code: 'STALE_VERSION' }), EXIT.conflict],
    ['too many requests', refused(429, 'Slow down.', { retryAfter: 7 }), EXIT.rateLimited],
    ['a server that fails', new AdminApiError('x', { kind: 'failed', status: 500 }), EXIT.network],
    [
      'an API that is switched off',
      new AdminApiError('x', { kind: 'failed', status: 503, code: 'ADMIN_API_DISABLED' }),
      EXIT.network,
    ],
    ['a server that is not there', new AdminApiError('x', { kind: 'unreachable' }), EXIT.network],
    ['a server that takes too long', new AdminApiError('x', { kind: 'timeout' }), EXIT.network],
    ['something that is not Authly', new AdminApiError('x', { kind: 'unexpected', status: 200 }), EXIT.general],
    ['a person who gives up', new AdminApiError('x', { kind: 'aborted' }), EXIT.cancelled],
  ];
  // @rule 1.54
  for (const [what, error, code] of cases)
    test(`of ${what} is ${code}`, () => {
      expect(explainApiError(error).exitCode).toBe(code);
    });
});

describe('an explanation', () => {
  test('says which scope is missing and how to get it', () => {
    const { hint } = explainApiError(refused(403, 'Missing required admin scope: admin:users:read'));
    expect(hint).toBe('Log in with that permission: authly admin auth login --scope "admin:users:read"');
  });

  test('says when to come back', () => {
    expect(explainApiError(refused(429, 'Slow down.', { retryAfter: 7 })).hint).toBe('Try again in 7 seconds.');
  });

  test('puts the words of the system into words of people', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = new AdminApiError('http://localhost:8000 cannot be reached', { kind: 'unreachable', cause });
    expect(explainApiError(error).reason).toBe('http://localhost:8000 cannot be reached: nothing listens there.');
  });

  test('names every field that was wrong', () => {
    const errors = [
      { field: 'a', message: 'a is too long' },
      { field: 'b', message: 'b is missing' },
    ];
    expect(explainApiError(refused(400, 'a is too long', { errors })).reason).toBe('a is too long. b is missing.');
  });

  test('of a fault in the program says so', () => {
    expect(explain(new TypeError('x is not a function'))).toMatchObject({
      exitCode: EXIT.general,
      code: 'internal_error',
    });
  });
});

describe('a failure on stderr', () => {
  const told = (error: unknown, how: { readonly json: boolean; readonly debug?: boolean }) => {
    const streams = captured();
    const code = report(error, createTerminal({ streams, env: {} }), { debug: false, ...how });
    return { code, text: streams.err(), out: streams.out() };
  };

  test('is the one that the guide shows, to the letter', () => {
    const { text, code, out } = told(explainApiError(refused(404, 'gone', { code: 'CLIENT_NOT_FOUND' }), client), {
      json: false,
    });
    expect(text).toBe(
      "❌ Error: Client not found\nClient ID 'invalid-client' does not exist or has been deleted.\n\nExit code: 4\n",
    );
    expect([code, out]).toEqual([4, '']);
  });

  test('is what, why and what to do, then the exit code', () => {
    const error = new CliError({
      message: 'What',
      reason: 'Why.',
      hint: 'Do this.',
      code: 'x',
      exitCode: EXIT.validation,
    });
    expect(told(error, { json: false }).text).toBe('❌ Error: What\nWhy.\nDo this.\n\nExit code: 5\n');
  });

  // @rule 1.53
  test('is JSON for programs', () => {
    const error = new CliError({
      message: 'What',
      reason: 'Why.',
      hint: 'Do this.',
      code: 'x',
      exitCode: EXIT.rateLimited,
      retryable: true,
      retryAfter: 3,
      requestId: 'r',
    });
    expect(JSON.parse(told(error, { json: true }).text)).toEqual({
      error: {
        code: 'x',
        message: 'What',
        reason: 'Why.',
        hint: 'Do this.',
        exit_code: 8,
        request_id: 'r',
        retryable: true,
        retry_after: 3,
      },
    });
  });

  test('shows where it happened to whoever debugs, and no text that others wrote', () => {
    const secret = new Error('password=hunter2');
    const { text } = told(new CliError({ message: 'What', code: 'x', exitCode: EXIT.general, cause: secret }), {
      json: false,
      debug: true,
    });
    expect(text).toContain('DEBUG CliError');
    expect(text).not.toContain('hunter2');
  });

  test('cannot act on the terminal', () => {
    const error = explainApiError(refused(400, 'bad \u001b[2J\u009b name'));
    expect(told(error, { json: false }).text).not.toMatch(/[\u001b\u009b]/);
  });
});
