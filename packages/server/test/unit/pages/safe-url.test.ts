import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownImage, safeFormTarget, safeUrl } from '../../../src/http/pages/safe-url.js';

const SCRIPTS = ['javascript', 'data', 'vbscript', 'blob', 'file', 'about', 'view-source', 'JaVaScRiPt'];
const GAPS = ['', ' ', '\t', '\n', '\r', '\u0000', '\u0001', '\u200b', '\ufeff', '\u00a0', '\u2028'];

describe('an address in a page', () => {
  it('keeps what is http, https or a path of this server', () => {
    expect(safeUrl('https://client.example/privacy?a=1#b')).toBe('https://client.example/privacy?a=1#b');
    expect(safeUrl('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080/');
    expect(safeUrl('/account')).toBe('/account');
    expect(safeUrl('/')).toBe('/');
  });

  // @attack return to another host (CVE-2024-39694, CVE-2024-56734, dex d91abd90)
  it('refuses another host that is dressed as a path', () => {
    for (const value of ['//evil.example', '/\\evil.example', '/\t/evil.example', '/a\\..\\b', '\\\\evil.example']) {
      expect(safeUrl(value), value).toBeUndefined();
    }
  });

  // @attack userinfo in a redirect (CVE-2026-28512)
  // Pocket ID CVE-2026-28512
  it('refuses an address that hides its host behind a user name', () => {
    expect(safeUrl('https://good.example@evil.example/cb')).toBeUndefined();
  });

  // @attack script as an address (CVE-2024-21637, GHSA-86j7-9j95-vpqj)
  // authentik CVE-2024-21637
  it('never lets a scheme that runs script through, however it is written', () => {
    const hostile = fc.tuple(
      fc.constantFrom(...SCRIPTS),
      fc.constantFrom(...GAPS),
      fc.constantFrom(...GAPS),
      fc.nat(12),
      fc.string(),
    );
    fc.assert(
      fc.property(hostile, ([scheme, before, inside, at, rest]) => {
        const value = `${before}${scheme.slice(0, at)}${inside}${scheme.slice(at)}:${rest}`;
        expect(safeUrl(value)).toBeUndefined();
      }),
    );
  });

  it('lets only http, https and own paths through, whatever comes in', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.string({ unit: 'binary' })), (value) => {
        const address = safeUrl(value);
        if (address === undefined) {
          return;
        }
        const resolved = new URL(address, 'https://server.example');
        expect(['http:', 'https:']).toContain(resolved.protocol);
        expect(value.startsWith('/') ? resolved.host : 'server.example').toBe('server.example');
      }),
    );
  });
});

describe('a picture in a page', () => {
  it('comes from this server or is not shown', () => {
    expect(ownImage('/logos/c1')).toBe('/logos/c1');
    expect(ownImage('https://client.example/logo.svg')).toBeUndefined();
    expect(ownImage('data:image/svg+xml,<svg onload=alert(1)>')).toBeUndefined();
    expect(ownImage(undefined)).toBeUndefined();
  });
});

describe('the target of a form_post answer', () => {
  it('is kept to the letter, because the app compares it', () => {
    expect(safeFormTarget('https://client.example')).toBe('https://client.example');
    expect(safeFormTarget('com.example.app:/callback')).toBe('com.example.app:/callback');
  });

  it('never runs script', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCRIPTS), fc.string(), (scheme, rest) => {
        expect(safeFormTarget(`${scheme}:${rest}`)).toBeUndefined();
      }),
    );
  });
});
