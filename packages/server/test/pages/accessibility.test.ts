import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gallery } from '../support/browser-pages.js';
import { openGallery } from '../support/browser-pages.js';
import { pageGallery } from '../support/page-gallery.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const names = [...pageGallery().keys()].filter((name) => !name.startsWith('form-post'));
let gallery: Gallery;

beforeAll(async () => {
  gallery = await openGallery();
});
afterAll(() => gallery.close());

describe.each(names)('the page "%s"', (name) => {
  it('gives axe nothing to say, light and dark, wide and at 320 px', async () => {
    const page = await gallery.open(name, { bypassCSP: true, reducedMotion: 'reduce' });
    await openFolds(page);
    await page.addScriptTag({ content: axeSource });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1280, height: 800 });
      expect(await violations(page), colorScheme).toEqual([]);
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await violations(page), `${colorScheme}, 320 px`).toEqual([]);
    }
    await page.context().close();
  });

  it('needs no sideways scrolling at 320 px, on a phone, or at 200 % zoom, and is easy to hit', async () => {
    const page = await gallery.open(name);
    await openFolds(page);
    // 200 % zoom on a screen of 1280 px leaves 640.
    for (const width of [640, 375, 320]) {
      await page.setViewportSize({ width, height: 700 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`).toBeLessThanOrEqual(width);
    }
    expect(await smallTargets(page)).toEqual([]);
    await page.context().close();
  });

  it('can be walked through with the keyboard, and always shows where it is', async () => {
    const page = await gallery.open(name);
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
    });
    const unseen = await tabThrough(page);
    expect(unseen).toEqual([]);
    await page.context().close();
  });
});

it('a planted fault is seen, so that silence means something', async () => {
  const page = await gallery.open('login', { bypassCSP: true });
  await page.evaluate(() => {
    document.querySelector('label')?.remove();
    document.querySelector<HTMLElement>('h1')?.style.setProperty('color', '#999');
    document.querySelector<HTMLElement>('#login-submit')?.style.setProperty('zoom', '0.5');
  });
  await page.addScriptTag({ content: axeSource });
  const found = (await violations(page)).map((fault) => fault.split(':')[0]);
  expect(found).toEqual(expect.arrayContaining(['label', 'color-contrast']));
  expect(await smallTargets(page)).toHaveLength(1);
  await page.context().close();
});

/** Buttons, fields and links of the footer that are less than 44 px high. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const targets = document.querySelectorAll<HTMLElement>(
      'button, select, summary, .foot a, .button, input:not([type=hidden])',
    );
    return [...targets]
      .filter((target) => !target.matches('.hidden-text') && target.getClientRects().length > 0)
      .map((target) => (target.matches('[type=checkbox]') ? (target.closest('label') ?? target) : target))
      .filter((target) => target.getBoundingClientRect().height < 44)
      .map((target) => target.outerHTML);
  });
}

/** Rules of WCAG 2.2 to AA, AAA contrast, and good practice. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(options: object): Promise<{ violations: AxeViolation[] }> } }).axe;
    const result = await axe.run({
      rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: true } },
    });
    return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function openFolds(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const fold of document.querySelectorAll('details')) {
      fold.open = true;
    }
  });
}

async function tabThrough(page: Page): Promise<string[]> {
  const unseen: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) {
        return undefined;
      }
      const ring = getComputedStyle(element);
      return {
        html: element.outerHTML.slice(0, 120),
        ring: ring.outlineStyle === 'solid' && parseFloat(ring.outlineWidth) >= 3,
      };
    });
    if (at === undefined) {
      return unseen;
    }
    if (!at.ring) {
      unseen.push(at.html);
    }
  }
  return unseen;
}
