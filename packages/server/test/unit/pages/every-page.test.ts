import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createShell } from '../../../src/http/pages/shell.js';
import { defaultTheme } from '../../../src/http/pages/theme.js';
import { galleryShell, pageGallery } from '../../support/page-gallery.js';

const pages = [...pageGallery()];
const [style, script, icon] = galleryShell.assets;

describe.each(pages)('the page "%s"', (_name, html) => {
  // @attack script in a page (CVE-2026-42849, rauthy pentest 007)
  it('holds no inline script, style or event handler, as its content security policy demands', () => {
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=/i);
  });

  it('loads nothing from elsewhere, but for applications that end their sessions in frames', () => {
    const loaded = [
      ...html.matchAll(/<(?:link|script|img|iframe(?![^>]*\sdata-logout))\b[^>]*?(?:href|src)="([^"]*)"/g),
    ].map(([, url]) => url);
    expect(loaded.length).toBeGreaterThan(0);
    for (const url of loaded) {
      expect(url).toMatch(/^\/(?!\/)/);
    }
  });

  it('weighs little with its style sheet, script and icon, before compression', () => {
    const assets = [style, script, icon].reduce((sum, asset) => sum + Buffer.byteLength(asset?.body ?? ''), 0);
    expect(assets + Buffer.byteLength(html)).toBeLessThan(
      ACCOUNT.test(html) ? 46_000 : PICTURE.test(html) ? 36_000 : 34_000,
    );
  });

  it('travels in less than 30 kB, style sheet, script and icon included', () => {
    const files = [style, script, icon].map((asset) => gzipSync(asset?.body ?? '').length);
    expect(files.reduce((sum, length) => sum + length, Buffer.byteLength(html))).toBeLessThan(30_000);
  });

  it('leaves no placeholder unfilled', () => {
    expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/\{\w+\}|undefined|\[object|NaN/);
  });

  it('has one first heading, a title, a language and no id twice', () => {
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toMatch(/<title>[^<]+ · Authly<\/title>/);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('posts every form to an address of this server, except the answer to the app', () => {
    for (const [, attributes] of html.matchAll(/<form ([^>]*)>/g)) {
      expect(attributes).toMatch(/method="post"/);
      expect(attributes).toMatch(/id="form-post"|action="\/[^/]/);
    }
  });
});

describe('a server below a path', () => {
  it('puts the path before every address that the pages make themselves', () => {
    const shell = createShell({ theme: defaultTheme, basePath: '/tenant' });
    const home = pageGallery(shell).get('home') ?? '';
    const addresses = [...home.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, url]) => url);
    expect(addresses.length).toBeGreaterThan(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\/tenant\//);
    }
    expect(shell.assets[0]?.path).toMatch(/^\/assets\//);
  });
});

// Its lists grow with what a person has; the sample holds more than most people's.
const ACCOUNT = /id="sign-out-form"/;
const PICTURE = /class="qr"/;
