import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consentPage } from '../../../src/http/pages/consent/view.js';
import { errorPage } from '../../../src/http/pages/error/view.js';
import { formPostPage } from '../../../src/http/pages/form-post/view.js';
import { loggedOutPage } from '../../../src/http/pages/logged-out/view.js';
import { loginPage } from '../../../src/http/pages/sign-in/password-view.js';
import { renderPage } from '../../../src/http/pages/render.js';
import { galleryShell as shell } from '../../support/page-gallery.js';

const BREAKOUTS = [
  '"><script>alert(1)</script>',
  "' onfocus=alert(1) x='",
  '</title><img src=x onerror=alert(1)>',
  '{client}',
  '&lt;',
];
const hostile = fc.oneof(fc.constantFrom(...BREAKOUTS), fc.string({ unit: 'binary' }));
const target = { action: '/x', hidden: {} };

/** Element and attribute names alone: what the text of a page must never be able to change. */
const skeleton = (html: string): string =>
  [...html.matchAll(/<\/?([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/g)]
    .map(([, name, attributes = '']) => `${name} ${attributes.replace(/="[^"]*"/g, '')}`)
    .join('\n');

const consentOf = (text: string): string =>
  renderPage(
    consentPage(
      {
        ...target,
        client: { name: `N${text}`, registeredBy: text, clientUri: text, redirectHost: text, redirectKind: 'web' },
        scopes: [{ name: text, sentence: text }],
        user: { username: text, displayName: text },
        switchAccount: target,
        resource: text,
      },
      shell,
    ),
  );

const othersOf = (text: string): string[] => [
  renderPage(
    loginPage({ ...target, hidden: { flow: text }, username: `u${text}`, to: { kind: 'app', name: text } }, shell),
  ),
  renderPage(
    errorPage(
      { kind: 'bad_request', requestId: text, developer: { error: text, description: text, parameter: text } },
      shell,
    ),
  ),
  renderPage(formPostPage({ action: 'https://a.example/cb', fields: { state: text }, clientName: text }, shell)),
];

// authentik CVE-2026-42849, rauthy pentest 007
describe('text that strangers choose', () => {
  // @attack script in a page (CVE-2026-42849, rauthy pentest 007)
  it('never changes the elements of the consent page', () => {
    const expected = skeleton(consentOf('plain'));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(skeleton(consentOf(text))).toBe(expected);
      }),
    );
  });

  it('never changes the elements of the sign-in, error and form_post pages', () => {
    const expected = othersOf('plain').map(skeleton);
    fc.assert(
      fc.property(hostile, (text) => {
        expect(othersOf(text).map(skeleton)).toEqual(expected);
      }),
    );
  });

  it('keeps the state of a form_post answer to the letter', () => {
    const html = renderPage(
      formPostPage(
        { action: 'https://a.example/cb', fields: { state: '"><script>&amp; \u{1F600}' }, clientName: 'A' },
        shell,
      ),
    );
    expect(html).toContain('name="state" value="&quot;>&lt;script>&amp;amp; \u{1F600}"');
  });

  it('refuses a form_post answer to an address that runs script', () => {
    expect(() => formPostPage({ action: 'javascript:alert(1)', fields: {} }, shell)).toThrow('runs script');
  });

  it('shows no link whose address is not http or https', () => {
    const client = {
      name: 'A',
      clientUri: 'javascript:alert(1)',
      policyUri: 'data:text/html,x',
      tosUri: 'vbscript:x',
      logoUri: 'https://tracker.example/pixel.svg',
      redirectHost: 'a.example',
      redirectKind: 'web',
    } as const;
    const html = renderPage(
      consentPage({ ...target, client, scopes: [], user: { username: 'u' }, switchAccount: target }, shell),
    );
    expect(html).not.toMatch(/javascript:|data:|vbscript:|tracker/);
    expect(renderPage(loggedOutPage({ continueHref: 'javascript:alert(1)' }, shell))).not.toContain('javascript:');
    const back = { href: 'javascript:alert(1)' };
    expect(renderPage(errorPage({ kind: 'expired', back }, shell))).not.toContain('javascript:');
  });
});
