import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gallery, openGallery } from '../support/browser-pages.js';
import { axeSource, COLOUR_RULES, darkRules } from '../support/axe.js';
import { pageGallery } from '../support/page-gallery.js';

const names = [...pageGallery().keys()].filter((name) => !name.startsWith('form-post'));
const WIDTHS = [
  { width: 1280, height: 800 },
  { width: 320, height: 640 },
] as const;

let gallery: Gallery;
/** Shows one page after the other, as they are served; axe comes from outside, so that their policy stays as it is. */
let page: Page;

beforeAll(async () => {
  gallery = await openGallery();
  page = await gallery.open('message', { reducedMotion: 'reduce' });
  await page.addInitScript({ content: axeSource });
});
afterAll(() => gallery.close());

it('differs between light and dark in nothing but colours and shadows', async () => {
  const { count, beyondColours } = await darkRules(page);
  expect(count).toBeGreaterThan(0);
  expect(beyondColours).toEqual([]);
});

describe.each(names)('the page "%s"', (name) => {
  // Loaded once: that takes as long as a test of it.
  beforeAll(async () => {
    await page.setViewportSize(WIDTHS[0]);
    await page.emulateMedia({ colorScheme: 'light' });
    await gallery.turn(page, name);
  });

  it('can be walked through with the keyboard, and always shows where it is', async () => {
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
    });
    expect(await tabThrough(page)).toEqual([]);
  });

  it('gives axe nothing to say, light and dark, wide and at 320 px', async () => {
    await openFolds(page);
    for (const size of WIDTHS) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await violations(page), `light, ${size.width} px`).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violations(page, COLOUR_RULES), `dark, ${size.width} px`).toEqual([]);
    }
  });

  it('needs no sideways scrolling at 320 px, on a phone, or at 200 % zoom, and is easy to hit', async () => {
    await openFolds(page);
    // 200 % zoom on a screen of 1280 px leaves 640.
    for (const width of [320, 375, 640]) {
      await page.setViewportSize({ width, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`).toBeLessThanOrEqual(width);
      expect(await smallTargets(page), `${width} px`).toEqual([]);
    }
  });
});

it('a planted fault is seen, so that silence means something', async () => {
  await page.setViewportSize(WIDTHS[0]);
  await page.emulateMedia({ colorScheme: 'light' });
  await gallery.turn(page, 'login');
  await page.evaluate(() => {
    document.querySelector('label')?.remove();
    document.querySelector<HTMLElement>('h1')?.style.setProperty('color', '#999');
    document.querySelector<HTMLElement>('#login-submit')?.style.setProperty('zoom', '0.5');
  });
  const found = (await violations(page)).map((fault) => fault.split(':')[0]);
  expect(found).toEqual(expect.arrayContaining(['label', 'color-contrast']));
  const inDark = (await violations(page, COLOUR_RULES)).map((fault) => fault.split(':')[0]);
  expect(inDark).toContain('color-contrast');
  expect(await smallTargets(page)).toHaveLength(1);
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

/** Rules of WCAG 2.2 to AA, AAA contrast, and good practice; or only these. */
async function violations(page: Page, only?: readonly string[]): Promise<string[]> {
  const options =
    only === undefined
      ? { rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: true } } }
      : { runOnly: { type: 'rule', values: only } };
  return page.evaluate(async (asked) => {
    const axe = (window as unknown as { axe: { run(options: object): Promise<{ violations: AxeViolation[] }> } }).axe;
    const result = await axe.run(asked);
    return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, options);
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
