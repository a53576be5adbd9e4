import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Gallery, openGallery } from '../support/browser-pages.js';

let gallery: Gallery;

beforeAll(async () => {
  gallery = await openGallery();
});
beforeEach(() => {
  gallery.posts.length = 0;
});
afterAll(() => gallery.close());

describe('without the script', () => {
  const plain = { javaScriptEnabled: false };

  it('signs in: Enter in the password field sends both fields and what the form carries', async () => {
    const page = await gallery.open('login', plain);
    await page.fill('#username', 'ada');
    await page.fill('#password', 'correct horse');
    await page.press('#password', 'Enter');
    await page.waitForLoadState();
    expect(gallery.posts.map(({ path, body }) => [path, Object.fromEntries(body)])).toEqual([
      ['/login', { csrf: 'c2FtcGxlLXRva2Vu', flow: 'f_8Qm2', username: 'ada', password: 'correct horse' }],
    ]);
    await page.context().close();
  });

  it('denies consent', async () => {
    const page = await gallery.open('consent', plain);
    await page.click('#consent-deny');
    expect(gallery.posts[0]?.body.get('decision')).toBe('deny');
    await page.context().close();
  });

  it('ends one session, and opens the folds of the account page', async () => {
    const page = await gallery.open('account', plain);
    await page.click('#create-key-open');
    expect(await page.isVisible('#create-key-submit')).toBe(true);
    await page.getByRole('button', { name: 'End the session on Safari on iPhone' }).click();
    expect(gallery.posts[0]?.path).toBe('/account/sessions');
    expect(gallery.posts[0]?.body.get('action')).toBe('end');
    expect(gallery.posts[0]?.body.get('session_id')).toBe('s2');
    await page.context().close();
  });

  it('shows the form_post answer with a button that sends it', async () => {
    const page = await gallery.open('form-post', plain);
    expect(await page.isVisible('#form-post-submit')).toBe(true);
    await page.context().close();
  });
});

describe('with the script', () => {
  it('breaks no rule of the content security policy on any page', async () => {
    const page = await gallery.open('message');
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    for (const name of gallery.names.filter((one) => !one.startsWith('form-post'))) {
      await gallery.turn(page, name);
      expect(complaints, name).toEqual([]);
    }
    await page.context().close();
  });

  it('has no fault on the page that sends itself', async () => {
    const page = await gallery.open('message');
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await gallery.turn(page, 'form-post').catch(() => undefined);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows and hides the password, and hides it again before it is sent', async () => {
    const page = await gallery.open('login');
    await page.fill('#password', 'secret');
    await page.getByRole('button', { name: 'Show the password' }).click();
    expect(await page.getAttribute('#password', 'type')).toBe('text');
    expect(await focused(page)).toBe('password');
    await page.getByRole('button', { name: 'Hide the password' }).click();
    expect(await page.getAttribute('#password', 'type')).toBe('password');
    await page.context().close();
  });

  it('says that Caps Lock is on', async () => {
    const page = await gallery.open('login');
    await page.evaluate(() => {
      const press = new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true });
      document.getElementById('password')?.dispatchEvent(press);
    });
    expect(await page.textContent('.caps')).toBe('Caps Lock is on.');
    await page.context().close();
  });

  it('selects what the browser does not let it copy', async () => {
    const page = await gallery.open('account-new-key');
    await page.evaluate(() => {
      Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject(new Error('denied')) });
    });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.click('[data-copy]');
    await page.waitForFunction(() => String(getSelection()).startsWith('authly_pat_'));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('sends a form once, however often its button is pressed', async () => {
    const page = await gallery.open('login');
    await page.fill('#username', 'ada');
    await page.fill('#password', 'x');
    await page.evaluate(() => {
      const button = document.getElementById('login-submit');
      for (let press = 0; press < 3; press += 1) {
        button?.click();
      }
    });
    await page.waitForFunction(() => document.title === 'posted');
    expect(gallery.posts).toHaveLength(1);
    await page.context().close();
  });

  it('keeps which button was pressed', async () => {
    const page = await gallery.open('consent');
    await page.click('#consent-allow');
    await page.waitForFunction(() => document.title === 'posted');
    expect(gallery.posts[0]?.body.get('decision')).toBe('allow');
    await page.context().close();
  });

  it('splits a device code in two groups, typed or pasted, and lets it be corrected', async () => {
    const page = await gallery.open('device-enter');
    await page.locator('#user_code').pressSequentially('wdjbmjht');
    expect(await page.inputValue('#user_code')).toBe('WDJB-MJHT');
    await page.press('#user_code', 'Backspace');
    expect(await page.inputValue('#user_code')).toBe('WDJB-MJH');
    await page.fill('#user_code', ' bcdf ghjk ');
    expect(await page.inputValue('#user_code')).toBe('BCDF-GHJK');
    await page.context().close();
  });

  it('sends the form_post answer at once, with every value to the letter', async () => {
    const page = await gallery.open('message');
    const sent = page.context().waitForEvent('request', (request) => request.method() === 'POST');
    await page.goto(new URL('form-post', page.url()).href).catch(() => undefined);
    const request = await sent;
    expect(request.url()).toBe('https://northwind.example/cb');
    expect(Object.fromEntries(new URLSearchParams(request.postData() ?? ''))).toEqual({
      code: 'x',
      state: '"><script>',
    });
    await page.context().close();
  });

  it('tells exact times in the time zone of the reader', async () => {
    const page = await gallery.open('device-confirm', { timezoneId: 'Asia/Tokyo' });
    expect(await page.textContent('time')).toContain('23:03');
    await page.context().close();
  });

  it('copies a new key', async () => {
    const page = await gallery.open('account-new-key', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.click('[data-copy]');
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^authly_pat_/);
    await page.context().close();
  });
});

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.id);
}
