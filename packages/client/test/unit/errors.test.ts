import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as sdk from '../../src/index.js';
import { oneLine } from '../../src/errors/describe-error.js';

describe('errors', () => {
  // @rule 3.7
  it('are recognised across two copies of the package', async () => {
    vi.resetModules();
    const other: typeof sdk = await import('../../src/index.js');
    const error = new other.SessionExpiredError({ message: 'over', end: 'revoked' });
    expect(other.SessionExpiredError).not.toBe(sdk.SessionExpiredError);
    expect(error).not.toBeInstanceOf(sdk.AuthError);
    expect(sdk.isAuthError(error)).toBe(true);
    expect(sdk.isAuthError(error, 'session_expired')).toBe(true);
    expect(sdk.isAuthError(error, 'login_required')).toBe(false);
  });

  it.each([undefined, 'text', {}, new Error('x'), { code: 'session_expired' }])('are not mistaken for %o', (value) => {
    expect(sdk.isAuthError(value)).toBe(false);
  });

  // @rule 3.9
  it('are told in exactly three lines without control characters, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'binary' }),
        fc.string(),
        (message, reason, hint) => {
          const error = new sdk.ServerError({ message, reason, hint, status: 500 });
          const lines = sdk.describeError(error).split('\n');
          expect(lines).toHaveLength(3);
          expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        },
      ),
    );
  });

  it('stop terminal escapes that a server sends', () => {
    expect(oneLine('\u001b[31mred\u001b[0m\r\nnext\u0007')).toBe('[31mred [0m next');
  });

  it('say three lines about anything', () => {
    for (const thing of [new Error('odd'), 'text', undefined, 7]) {
      expect(sdk.describeError(thing).split('\n')).toHaveLength(3);
    }
  });

  // @rule 3.7
  it('show neither cause nor stack in JSON', () => {
    const error = new sdk.NetworkError({ message: 'no', failure: 'dns', cause: new Error('secret-cause') });
    expect(JSON.stringify(error)).not.toContain('secret-cause');
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'network_error', exit_code: 7, retryable: true });
  });

  // @rule 1.54, 3.7
  it('end a command with the code of their kind', () => {
    const { ConfigurationError, InsufficientScopeError, LoginCancelledError, RateLimitedError } = sdk;
    expect(new ConfigurationError({ message: '' }).exitCode).toBe(5);
    expect(new ConfigurationError({ message: '', code: 'profile_not_found' }).exitCode).toBe(4);
    expect(new InsufficientScopeError({ message: '', missing: [] }).exitCode).toBe(3);
    expect(new RateLimitedError({ message: '' }).exitCode).toBe(8);
    expect(new LoginCancelledError({ message: '' }).exitCode).toBe(130);
  });
});

describe('a secret', () => {
  const secret = sdk.Secret.from('hunter2');

  // @rule 3.8
  it('prints itself nowhere', () => {
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }),
    ];
    expect(shown.join(' ')).not.toContain('hunter2');
    expect(Object.keys(secret)).toEqual([]);
    expect(secret.reveal()).toBe('hunter2');
  });

  it('is read from the environment when it is needed, and missed clearly', () => {
    const later = sdk.Secret.env('AUTHLY_TEST_SECRET');
    expect(() => later.reveal()).toThrow('AUTHLY_TEST_SECRET');
    vi.stubEnv('AUTHLY_TEST_SECRET', 'now');
    expect(later.reveal()).toBe('now');
    vi.unstubAllEnvs();
  });

  it('is read from a file without its line end, and missed clearly', async () => {
    const { mkdtemp, writeFile } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const path = `${await mkdtemp(`${tmpdir()}/authly-secret-`)}/secret`;
    expect(() => sdk.Secret.file(path).reveal()).toThrow('gave no secret');
    await writeFile(path, 'from a file\n');
    expect(sdk.Secret.file(path).reveal()).toBe('from a file');
    await writeFile(path, '\n');
    expect(() => sdk.Secret.file(path).reveal()).toThrow('gave no secret');
  });
});
