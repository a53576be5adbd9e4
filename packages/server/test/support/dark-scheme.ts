import type { Page } from 'playwright-core';

/** What the dark scheme can change of a page: while it sets colours alone, these rules of axe see in the dark all that the others would. */
export const COLOUR_RULES = ['color-contrast', 'color-contrast-enhanced', 'link-in-text-block'] as const;

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
