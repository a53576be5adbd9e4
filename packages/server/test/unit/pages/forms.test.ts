import { describe, expect, it } from 'vitest';
import { loginPage } from '../../../src/http/pages/sign-in/password-view.js';
import { renderPage } from '../../../src/http/pages/render.js';
import { galleryShell as shell, pageGallery } from '../../support/page-gallery.js';

const pages = pageGallery();
const page = (name: string): string => pages.get(name) ?? '';
const tag = (html: string, id: string): string => new RegExp(`<\\w+[^>]*\\sid="${id}"[^>]*>`).exec(html)?.[0] ?? '';
const login = { action: '/login', hidden: { csrf: 'token' } };

describe('the forms that handlers, password managers and tests rely on', () => {
  it('sign-in has username and password with their autocomplete tokens', () => {
    expect(tag(page('login'), 'login-form')).toMatch(/method="post" action="\/login"/);
    expect(tag(page('login'), 'username')).toMatch(
      /name="username".*autocomplete="username"|autocomplete="username".*name="username"/,
    );
    expect(tag(page('login'), 'password')).toMatch(/autocomplete="current-password"/);
    expect(page('login')).toContain('<input type="hidden" name="csrf"');
  });

  it('sign-in keeps the typed name, never the password, and starts where something is missing', () => {
    const html = renderPage(loginPage({ ...login, username: 'ada', problem: { code: 'wrong_credentials' } }, shell));
    expect(tag(html, 'username')).toContain('value="ada"');
    expect(tag(html, 'password')).not.toContain('value=');
    expect(tag(html, 'password')).toContain('autofocus');
  });

  it('sign-in says a refusal once, aloud, and ties it to both fields without saying which was wrong', () => {
    const html = renderPage(loginPage({ ...login, username: 'ada', problem: { code: 'wrong_credentials' } }, shell));
    expect(tag(html, 'login-problem')).toContain('role="alert"');
    expect(tag(html, 'username')).toContain('aria-describedby="login-problem"');
    expect(tag(html, 'password')).toContain('aria-describedby="login-problem"');
  });

  it('sign-in shows what is missing beside its field', () => {
    const html = renderPage(loginPage({ ...login, username: 'ada', problem: { code: 'missing_password' } }, shell));
    expect(tag(html, 'password')).toContain('aria-describedby="password-error"');
    expect(tag(html, 'password')).toContain('aria-invalid="true"');
    expect(tag(html, 'username')).not.toContain('aria-invalid');
  });

  it('sign-in says how long to wait', () => {
    const html = renderPage(loginPage({ ...login, problem: { code: 'locked', retryAfterSeconds: 290 } }, shell));
    expect(html).toContain('Try again in 5 minutes.');
  });

  it('consent offers allow and deny in one form, allow first, and a way to another account', () => {
    const html = page('consent');
    expect(tag(html, 'consent-allow')).toMatch(/name="decision" value="allow"/);
    expect(tag(html, 'consent-deny')).toMatch(/name="decision" value="deny"/);
    expect(html.indexOf('consent-allow')).toBeLessThan(html.indexOf('consent-deny'));
    expect(tag(html, 'switch-account-form')).toContain('method="post"');
    expect(html).toContain('<strong id="redirect-host">northwind.example</strong>');
  });

  it('consent warns before an answer goes to a program on this computer, and names the host', () => {
    expect(page('consent-loopback')).toMatch(/notice warning.*<strong>127\.0\.0\.1<\/strong>/);
  });

  it('device entry takes the code as typed, and confirmation carries it on', () => {
    expect(tag(page('device-enter'), 'user_code')).toMatch(/name="user_code"/);
    expect(page('device-confirm')).toContain('<input type="hidden" name="user_code" value="WDJB-MJHT"');
    expect(tag(page('device-confirm'), 'device-deny')).toMatch(/name="decision" value="deny"/);
  });

  it('a password change has the three fields with their autocomplete tokens', () => {
    for (const name of ['password-change', 'account']) {
      expect(tag(page(name), 'current_password')).toContain('autocomplete="current-password"');
      expect(tag(page(name), 'new_password')).toContain('autocomplete="new-password"');
      expect(tag(page(name), 'confirm_password')).toContain('autocomplete="new-password"');
    }
  });

  it('the account page posts what each section needs', () => {
    const html = page('account');
    expect(html).toContain('name="session_id" value="s2"');
    expect(html).toContain('<input type="hidden" name="action" value="end"');
    expect(tag(html, 'end-other-sessions')).toMatch(/name="action" value="end_others"/);
    expect(html).toContain('name="client_id" value="c1"');
    expect(html).toMatch(/<input type="checkbox" id="key-scope-0" name="scope" value="read"/);
    expect(tag(html, 'create-key-submit')).toMatch(/name="action" value="create"/);
    expect(html).toContain('<input type="hidden" name="key_id" value="k1"');
  });

  it('the account page never offers to end the session it is shown in', () => {
    expect(page('account')).not.toContain('value="s1"');
    expect(page('account-empty')).not.toContain('end-other-sessions');
  });

  it('a page says the words that scripts of earlier versions look for after logout', () => {
    expect(page('logged-out')).toContain('Logout Successful');
    expect(page('logged-out')).toContain('successfully logged out');
  });
});
