/** A real browser on the gallery, served with the content security policy that the pages are written for. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { APPLICATION_FRAME, galleryShell, NOWHERE, pageGallery } from './page-gallery.js';

export interface Gallery {
  /** Opens one state of a page in a browser of its own; `posts` gathers the bodies that its forms send. */
  open(name: string, options?: BrowserContextOptions): Promise<Page>;
  /** Goes on to another page in the same browser: a new browser costs more than all that most tests do in it. */
  turn(page: Page, name: string): Promise<void>;
  readonly names: readonly string[];
  readonly posts: Post[];
  close(): Promise<void>;
}

export interface Post {
  readonly path: string;
  readonly body: URLSearchParams;
}

const POLICY = `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src ${APPLICATION_FRAME}; frame-ancestors 'none'`;

export async function openGallery(): Promise<Gallery> {
  const pages = pageGallery();
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        posts.push({ path, body: new URLSearchParams(body) });
        response.writeHead(200, { 'content-type': 'text/html' }).end('<title>posted</title>');
      });
      return;
    }
    // A browser that is answered so stays on the page that it shows.
    if (path === NOWHERE) return void response.writeHead(204).end();
    const asset = galleryShell.assets.find((file) => file.path === path);
    const body = asset?.body ?? pages.get(path.slice(1));
    const type = asset?.contentType ?? 'text/html; charset=utf-8';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'content-security-policy': POLICY });
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launch();
  return {
    names: [...pages.keys()],
    posts,
    open: async (name, options) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      // The answer to the app leaves this server; nothing outside of it may be reached from a test.
      await context.route(
        (url) => url.origin !== origin,
        (route) => route.abort(),
      );
      await context.route(APPLICATION_FRAME, (route) => route.fulfill({ status: 204 }));
      await page.goto(`${origin}/${name}`);
      return page;
    },
    turn: async (page, name) => {
      await page.goto(`${origin}/${name}`);
    },
    close: async () => {
      await browser.close();
      await new Promise((done) => server.close(done));
    },
  };
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}
