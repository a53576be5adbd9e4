import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../packages/server/test/support/server.js';
import { launchBrowser } from '../support/browser.js';
import { newVisitor } from '../support/visitor.js';
import '../../packages/server/test/support/scratch.js';

const WORDMARK =
  '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="60"><rect width="240" height="60" fill="#803"/></svg>';

let browser: Browser;
let server: TestServer | undefined;
let elsewhere: Server;

beforeAll(async () => {
  browser = await launchBrowser();
  elsewhere = createServer((_request, response) => response.setHeader('content-type', 'image/svg+xml').end(WORDMARK));
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(async () => {
  await browser?.close();
  elsewhere.close();
});

/** The logo as the browser shows it on the sign-in page. */
async function shownLogo(address: string): Promise<{ src: string; loaded: boolean; width: number; height: number }> {
  const page = await newVisitor(browser);
  await page.goto(`${address}/login`, { waitUntil: 'load' });
  const logo = page.locator('.brand img');
  const box = await logo.boundingBox();
  const loaded = await logo.evaluate((image) => 'naturalWidth' in image && Number(image.naturalWidth) > 0);
  const src = (await logo.getAttribute('src')) ?? '';
  await page.close();
  return { src, loaded, width: box?.width ?? 0, height: box?.height ?? 0 };
}

describe("the operator's logo", () => {
  it('from a file is served by Authly and shown in its own proportions', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'logo-')), 'logo.svg');
    writeFileSync(file, WORDMARK);
    server = await startServer({ settings: { 'theme.logo_file': file } });
    const shown = await shownLogo(server.url);
    expect(shown).toMatchObject({ loaded: true, width: 112, height: 28 });
    const image = await fetch(`${server.url}${shown.src}`);
    expect(image.headers.get('content-type')).toBe('image/svg+xml');
    // Opened by itself it may run nothing.
    expect(image.headers.get('content-security-policy')).toContain('sandbox');
    // The tab shows it too.
    const page = await (await fetch(`${server.url}/login`)).text();
    expect(page).toContain(`<link rel="icon" href="${shown.src}" type="image/svg+xml"/>`);
  });

  it('from an address elsewhere is admitted by the policy of the pages, and nothing else from there', async () => {
    const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    server = await startServer({ settings: { 'theme.logo_url': `${origin}/logo.svg` } });
    expect(await shownLogo(server.url)).toMatchObject({ loaded: true, width: 112, height: 28 });
    const policy = (await fetch(`${server.url}/login`)).headers.get('content-security-policy') ?? '';
    expect(policy.split('; ').filter((part) => part.includes(origin))).toEqual([`img-src 'self' data: ${origin}`]);
  });
});

it.each([
  ['is no image', 'hello', 'is no PNG, JPEG, GIF, WebP or SVG image'],
  ['is too large', `<svg>${' '.repeat(256 * 1024)}`, 'a logo may have 262144'],
])('a file that %s is refused at the start', async (_what, content, words) => {
  const file = join(mkdtempSync(join(tmpdir(), 'logo-')), 'logo.svg');
  writeFileSync(file, content);
  await expect(startServer({ settings: { 'theme.logo_file': file } })).rejects.toThrow(words);
});
