import { describe, expect, test } from 'vitest';
import { chooseServer, type KnownLogin, sameServer } from '../../src/session/server-address.js';

const config = (apiUrl: string, source: string) =>
  ({ values: { apiUrl }, sources: { apiUrl: source } }) as Parameters<typeof chooseServer>[0];
const standard = config('http://localhost:8000', 'default');
const logins: readonly KnownLogin[] = [
  { name: 'work', active: true, apiUrl: 'https://auth.example.com' },
  { name: 'localhost-9000', active: false, apiUrl: 'http://localhost:9000' },
];
const nobody = { profile: undefined, foreignToken: false };

describe('the server of a run', () => {
  test('is that of the last login when nobody says otherwise', () => {
    expect(chooseServer(standard, logins, nobody)).toEqual({
      apiUrl: 'https://auth.example.com',
      source: 'login work',
      profile: 'work',
    });
  });

  test('is the default one when there was no login', () => {
    expect(chooseServer(standard, [], nobody)).toEqual({
      apiUrl: 'http://localhost:8000',
      source: 'default',
      profile: 'localhost-8000',
    });
  });

  test('that is named finds the login that belongs to it, never another', () => {
    expect(chooseServer(config('http://localhost:9000', '--api-url'), logins, nobody).profile).toBe('localhost-9000');
    expect(chooseServer(config('https://other.example', '--api-url'), logins, nobody).profile).toBe('other.example');
  });

  test('comes along with a login that is named', () => {
    const choice = chooseServer(standard, logins, { profile: 'localhost-9000', foreignToken: false });
    expect(choice).toEqual({
      apiUrl: 'http://localhost:9000',
      source: 'login localhost-9000',
      profile: 'localhost-9000',
    });
  });

  test('that is named stands even against a login that is named: the token is then refused, not sent', () => {
    const choice = chooseServer(config('https://other.example', '--api-url'), logins, {
      profile: 'work',
      foreignToken: false,
    });
    expect(choice).toMatchObject({ apiUrl: 'https://other.example', profile: 'work' });
  });

  test('is not that of the last login for a token from the environment: nobody knows that it came from there', () => {
    expect(chooseServer(standard, logins, { profile: undefined, foreignToken: true }).apiUrl).toBe(
      'http://localhost:8000',
    );
  });
});

test('two spellings of one address are one server, two ports are two', () => {
  expect(sameServer('http://localhost:8000/', 'http://LOCALHOST:8000')).toBe(true);
  expect(sameServer('http://localhost:8000', 'http://localhost:8001')).toBe(false);
  expect(sameServer('https://a.example/x', 'https://a.example/y')).toBe(false);
  expect(sameServer(undefined, 'http://a')).toBe(false);
});

test('the names of this computer are one server, which has one login', () => {
  const names = ['http://localhost:8000', 'http://127.0.0.1:8000', 'http://[::1]:8000/'];
  for (const left of names) for (const right of names) expect(sameServer(left, right)).toBe(true);
  expect(sameServer('http://127.0.0.1:8000', 'https://localhost:8000')).toBe(false);
  expect(sameServer('http://127.0.0.1:8000', 'http://localhost:8001')).toBe(false);
  expect(sameServer('http://127.0.0.1:8000', 'http://192.0.2.1:8000')).toBe(false);
  const choice = chooseServer(config('http://127.0.0.1:9000', '--api-url'), logins, nobody);
  expect(choice).toMatchObject({ apiUrl: 'http://127.0.0.1:9000', profile: 'localhost-9000' });
});
