import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

/** A name that only the test browser knows: pages of an application on https. */
export const APPLICATION_HOST = 'app.example';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${APPLICATION_HOST} 127.0.0.1`,
];

/** A real Chromium; one for a file, since a browser context is as good as a new browser. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  await access(executablePath).catch(() => {
    throw new Error(
      `The browser tests need Chromium at ${executablePath}. Install it (Debian: apt-get install chromium), or name another one in CHROMIUM_PATH.`,
    );
  });
  return chromium.launch({ executablePath, args: QUIET });
}
