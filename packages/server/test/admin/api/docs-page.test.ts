import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/server.js';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** The page, drawn; and everything that the browser complained of, or asked for elsewhere. */
async function openDocs(width: number, options: { readonly javaScriptEnabled?: boolean } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url)) complaints.push(request.url());
  });
  await page.goto(`${server.url}/docs`);
  return { page, complaints, close: () => context.close() };
}

async function widthOf(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth);
}

test.each([1280, 390, 320])('is drawn at %i px without a complaint, and nothing scrolls sideways', async (width) => {
  const { page, complaints, close } = await openDocs(width);
  await page.getByRole('heading', { name: 'Authly API', level: 1 }).waitFor();
  await page.getByRole('heading', { name: 'OAuth 2.1' }).first().waitFor();
  expect(await widthOf(page)).toBeLessThanOrEqual(width);
  expect(complaints).toEqual([]);
  await close();
});

test('the search finds an operation, whose sample is the one of the document', async () => {
  const { page, complaints, close } = await openDocs(1280);
  await page
    .getByRole('button', { name: /search/i })
    .first()
    .click();
  await page.getByRole('combobox').first().fill('Create a scope');
  await page.getByRole('option').first().click();
  await page.getByText(`curl -X POST "${server.url}/admin/scopes"`).first().waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test('what runs in the page has no cookies and no origin of this server', async () => {
  const { page, close } = await openDocs(1280);
  await page.getByRole('heading', { name: 'Authly API', level: 1 }).waitFor();
  expect(await page.evaluate(() => window.origin)).toBe('null');
  const account = await page.evaluate(() =>
    fetch('/account', { credentials: 'include' }).then(
      () => 'read',
      () => 'refused',
    ),
  );
  expect(account).toBe('refused');
  await close();
});

test('without scripts it says where the document is', async () => {
  const { page, close } = await openDocs(1280, { javaScriptEnabled: false });
  expect(await page.getByRole('link', { name: 'openapi.json' }).getAttribute('href')).toBe('/openapi.json');
  await close();
});
