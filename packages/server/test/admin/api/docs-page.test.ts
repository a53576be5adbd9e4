import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeSource, expectUsable } from '../../support/axe.js';
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

test('axe finds nothing, light and dark, wide and at 320 px, and nothing scrolls sideways', async () => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  // From outside, so the page's own policy stays as it is.
  await page.addInitScript({ content: axeSource });
  await page.goto(`${server.url}/docs`);
  await expectUsable(page, [1200, 320]);
  await context.close();
}, 120_000);

test('a command is copied whole, and the page says so', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(`${server.url}/docs#createScope`);
  await page.click('button[data-copy="curl-createScope"]');
  expect(await page.textContent('button[data-copy="curl-createScope"]')).toBe('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`curl -X POST "${server.url}/admin/scopes" \\\n  -H "Authorization: Bearer $TOKEN"`);
  expect(said).toEqual([]);
  await context.close();
});
