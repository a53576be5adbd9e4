import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/index.js';
import { parseCliConfiguration, parsePastedAnswer } from '../../src/flows.js';
import { parseExternalToken } from '../../src/credentials/external-command.js';
import { parseConfigFile } from '../../src/profiles/config-file.js';
import { readEnvironment } from '../../src/profiles/environment.js';
import { printProfile, readProfile } from '../../src/profiles/profile.js';
import { parseChallenges } from '../../src/resource/challenge-header.js';
import { isSafeUrl } from '../../src/flows/safe-url.js';
import { trustedOrigins, requireTrusted } from '../../src/resource/trusted-origins.js';

const server = { issuer: 'https://auth.example.com' };
const request = { url: '', redirectUri: 'http://127.0.0.1:1/callback', state: 'the-state', codeVerifier: 'v' };

describe('a pasted answer', () => {
  const parse = (text: string) => Object.fromEntries(parsePastedAnswer(text, request, server) ?? []);

  it.each([
    'http://127.0.0.1:1/callback?code=abcd&state=the-state',
    '  https://x.example/?state=the-state&code=abcd\n',
    '?code=abcd&state=the-state',
    'code=abcd&state=the-state',
    'abcd#the-state',
    'abcd',
  ])('is understood: %s', (text) => {
    expect(parse(text)).toMatchObject({ code: 'abcd', state: 'the-state' });
  });

  it.each(['', 'abcd#other', 'code=abcd&state=other', 'code=abcd', 'hello world', 'http://127.0.0.1/', 'a#b#c'])(
    'is refused: %s',
    (text) => {
      expect(parse(text)).toEqual({});
    },
  );

  it('never throws and never accepts another state', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const answer = parsePastedAnswer(text, request, server);
        if (answer) expect(answer.get('state')).toBe('the-state');
      }),
    );
  });
});

describe('a WWW-Authenticate header', () => {
  it('is read with several challenges and quoted commas', () => {
    const header =
      'Basic realm="a, b", Bearer error="invalid_token", error_description="say \\"no\\"", scope="x y", DPoP algs="ES256"';
    expect(parseChallenges(header)).toEqual([
      { scheme: 'basic', parameters: { realm: 'a, b' } },
      { scheme: 'bearer', parameters: { error: 'invalid_token', error_description: 'say "no"', scope: 'x y' } },
      { scheme: 'dpop', parameters: { algs: 'ES256' } },
    ]);
  });

  it('is read without parameters, and never hangs or throws', () => {
    expect(parseChallenges('Bearer')).toEqual([{ scheme: 'bearer', parameters: {} }]);
    fc.assert(fc.property(fc.string({ maxLength: 500 }), (header) => Array.isArray(parseChallenges(header))));
  });
});

describe('the defaults that a server publishes', () => {
  const document = {
    issuer: 'https://auth.example.com',
    client_id: 'cli',
    scopes: ['openid'],
    api_url: 'https://api.example.com',
  };

  it('are taken as they are', () => {
    expect(parseCliConfiguration(document, 'https://api.example.com')).toEqual({
      issuer: 'https://auth.example.com',
      clientId: 'cli',
      scopes: ['openid'],
      apiUrl: 'https://api.example.com',
    });
  });

  it('are refused as a configuration error whatever else is sent', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => parseCliConfiguration(value, 'https://api.example.com')).toThrow(ConfigurationError);
      }),
    );
  });

  it.each(['http://evil.example', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'never name the address %s',
    (address) => {
      expect(() => parseCliConfiguration({ ...document, issuer: address }, 'https://a.example')).toThrow(
        ConfigurationError,
      );
      expect(() => parseCliConfiguration({ ...document, api_url: address }, 'https://a.example')).toThrow(
        ConfigurationError,
      );
    },
  );
});

describe('an address', () => {
  it.each(['https://a.example', 'http://127.0.0.1:8000', 'http://[::1]:1', 'http://localhost'])(
    'may be used: %s',
    (url) => {
      expect(isSafeUrl(url)).toBe(true);
    },
  );

  it.each([
    'http://a.example',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'https://good@evil.example',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ftp://a.example',
    '',
    '//a.example',
  ])('may not be used: %s', (url) => {
    expect(isSafeUrl(url)).toBe(false);
  });

  it('is trusted by its whole origin only', () => {
    const origins = trustedOrigins(['https://api.example.com/v1', undefined, 'http://plain.example']);
    expect(() => requireTrusted(new URL('https://api.example.com/other'), origins)).not.toThrow();
    for (const url of [
      'https://api.example.com:444/',
      'http://api.example.com/',
      'https://api.example.com.evil.example/',
      'http://plain.example/',
    ]) {
      expect(() => requireTrusted(new URL(url), origins)).toThrow('is not sent');
    }
  });
});

describe('what an external command prints', () => {
  it('is a token with its end', () => {
    expect(parseExternalToken('{"token":"abc","expires_at":"2026-01-01T00:00:00Z"}')).toEqual({
      token: 'abc',
      expiresAt: Date.UTC(2026, 0, 1),
    });
    expect(parseExternalToken('{"status":{"token":"abc","expirationTimestamp":"2026-01-01T00:00:00Z"}}')).toMatchObject(
      { token: 'abc' },
    );
    expect(parseExternalToken('{"access_token":"abc"}')).toEqual({ token: 'abc', expiresAt: undefined });
  });

  it('is refused when it is anything else', () => {
    for (const text of ['', 'abc', '{}', '{"token":7}', '{"token":"two words"}', '{"status":null}', '[]', 'null']) {
      expect(parseExternalToken(text)).toBeUndefined();
    }
  });
});

describe('config.toml', () => {
  it('reads the tables of the guide and profiles beside them', async () => {
    const text = `
active_profile = "dev"
[api]
url = "https://auth.mycompany.com"
timeout = 30
[auth]
auto_refresh = true
token_file = "~/.authly/tokens.json"
[output]
default_format = "table"
[profiles.dev]
issuer = "https://dev.example.com"
client_id = "dev-cli"
scopes = ["openid", "admin:clients:read"]
callback_port = 8123
`;
    const file = await parseConfigFile(text, 'config.toml');
    expect(file).toMatchObject({
      activeProfile: 'dev',
      timeoutMs: 30_000,
      tokenFile: '~/.authly/tokens.json',
      defaults: { apiUrl: 'https://auth.mycompany.com' },
    });
    expect(file.profiles.get('dev')).toMatchObject({
      clientId: 'dev-cli',
      callbackPort: 8123,
      scopes: ['openid', 'admin:clients:read'],
    });
  });

  it('names the line or the field that is wrong', async () => {
    await expect(parseConfigFile('a = \n', 'config.toml')).rejects.toThrow(/config.toml cannot be used/);
    const error = await parseConfigFile('[profiles.dev]\ncallback_port = "x"\n', 'c').catch(
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ reason: 'The value of dev.callback_port cannot be used.' });
  });

  it('is never more than a configuration error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const result = await parseConfigFile(text, 'c').catch((error: unknown) => error);
        expect(result instanceof Error ? result instanceof ConfigurationError : true).toBe(true);
      }),
    );
  });
});

describe('a profile', () => {
  it('is the same after it was printed and read', () => {
    const text = fc.string({ minLength: 1 });
    const profile = fc.record(
      {
        issuer: text,
        clientId: text,
        apiUrl: text,
        resource: text,
        callbackPort: fc.integer({ min: 1, max: 65_535 }),
        dpop: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(profile, (fields) => {
        expect(readProfile('p', JSON.parse(JSON.stringify(printProfile({ name: 'p', ...fields }))))).toMatchObject({
          name: 'p',
          ...fields,
        });
      }),
    );
  });
});

describe('the environment', () => {
  it('is read under the own prefix only, and empty means unset', () => {
    const settings = readEnvironment('MY_APP', {
      MY_APP_TOKEN: '',
      TOKEN: 'x',
      GITHUB_TOKEN: 'y',
      MY_APP_SCOPE: 'a b,c',
    });
    expect(settings.token).toBeUndefined();
    expect(settings.scopes).toEqual(['a', 'b', 'c']);
  });

  it('refuses a storage or a port that does not exist', () => {
    expect(() => readEnvironment('A', { A_STORAGE: 'cloud' })).toThrow('A_STORAGE');
    expect(() => readEnvironment('A', { A_CALLBACK_PORT: '70000' })).toThrow('A_CALLBACK_PORT');
  });
});
