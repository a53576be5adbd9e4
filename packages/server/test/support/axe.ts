/** Whether everybody can use a page: axe, and what it need not look at twice. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** For an init script, or to be evaluated from outside: so the policy of a page stays as it is. */
export const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the dark scheme can change of a page: while it sets colours alone, these rules of axe see in the dark all that the others would. */
export const COLOUR_RULES = ['color-contrast', 'color-contrast-enhanced', 'link-in-text-block'] as const;

/** What axe has to say about a page that it was loaded into, by the rules that it follows unasked or by these alone. */
export function violations(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  const options = only === undefined ? {} : { runOnly: { type: 'rule', values: only } };
  return page.evaluate(async (asked) => {
    const { axe } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const result = await axe.run(asked);
    return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, options);
}

export interface DarkRules {
  /** How many properties the scheme sets. */
  readonly count: number;
  /** Those that are something else than a variable for a colour or a shadow. */
  readonly beyondColours: readonly string[];
}

/** Reads in the style sheets of a page what its dark scheme sets. */
export function darkRules(page: Page): Promise<DarkRules> {
  return page.evaluate(() => {
    const set = [...document.styleSheets]
      .flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule instanceof CSSMediaRule && rule.conditionText.includes('prefers-color-scheme'))
      .flatMap((rule) => [...(rule as CSSMediaRule).cssRules] as CSSStyleRule[])
      .flatMap(({ style }) => [...style].map((name) => [name, style.getPropertyValue(name)] as const));
    const isColour = (value: string) => CSS.supports('color', value) || CSS.supports('box-shadow', value);
    const beyond = set.filter(([name, value]) => !name.startsWith('--') || !isColour(value));
    return { count: set.length, beyondColours: beyond.map(([name, value]) => `${name}: ${value}`) };
  });
}

/** Axe finds nothing on a page that it was loaded into, light and dark, at any of these widths, and nothing scrolls sideways. */
export async function expectUsable(page: Page, widths: readonly number[]): Promise<void> {
  expect((await darkRules(page)).beyondColours).toEqual([]);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await violations(page), `light, ${width} px`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(page, COLOUR_RULES), `dark, ${width} px`).toEqual([]);
  }
}
