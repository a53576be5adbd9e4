import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createShell } from '../../../src/http/pages/shell.js';
import { palettes } from '../../../src/http/pages/style/tokens.js';
import { accentProblem, accentShades, contrast, defaultTheme, SURFACE } from '../../../src/http/pages/theme.js';

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe.each(['light', 'dark'] as const)('the %s palette', (scheme) => {
  const palette = palettes[scheme];
  const grounds = [palette.ground, palette.surface, palette.inset];

  it('shows text at 7:1 or more on every ground', () => {
    for (const ground of grounds) {
      expect(contrast(palette.text, ground)).toBeGreaterThanOrEqual(7);
      expect(contrast(palette.muted, ground)).toBeGreaterThanOrEqual(7);
    }
    for (const tone of ['danger', 'success', 'warning'] as const) {
      expect(contrast(palette[tone], palette[`${tone}-soft`]), tone).toBeGreaterThanOrEqual(7);
      expect(contrast(palette[tone], palette.surface), tone).toBeGreaterThanOrEqual(7);
    }
  });

  it('shows the edges of controls at 3:1 or more', () => {
    for (const ground of grounds) {
      expect(contrast(palette.edge, ground)).toBeGreaterThanOrEqual(3);
    }
  });

  it('shows the accent of the product at 7:1 or more, as text and under text', () => {
    const { accent, onAccent, hover, soft } = accentShades(defaultTheme, scheme);
    for (const ground of [palette.surface, palette.inset, palette.ground, soft]) {
      expect(contrast(accent, ground)).toBeGreaterThanOrEqual(7);
    }
    expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(7);
    expect(contrast(onAccent, hover)).toBeGreaterThanOrEqual(7);
  });
});

describe("an operator's accent", () => {
  it('is refused in words that name the setting and the ratio', () => {
    expect(accentProblem({ ...defaultTheme, accent: '#ffd400' })).toBe(
      'accent #ffd400 has a contrast of 1.43:1 against #ffffff; text needs at least 4.5:1',
    );
    expect(accentProblem({ ...defaultTheme, accent: 'red' })).toBe('accent must be written as #rrggbb');
    expect(accentProblem({ ...defaultTheme, accentDark: '#202020' })).toMatch(/^accentDark #202020 has a contrast of/);
    expect(accentProblem(defaultTheme)).toBeUndefined();
  });

  it('stops the server at start, not the first visitor', () => {
    expect(() => createShell({ theme: { ...defaultTheme, accent: '#ffff00' } })).toThrow('accent #ffff00');
  });

  it('gives readable shades on light and dark screens, whichever colour passes the check', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const theme = { productName: 'X', accent, links: [] };
        fc.pre(accentProblem(theme) === undefined);
        const light = accentShades(theme, 'light');
        const dark = accentShades(theme, 'dark');
        expect(contrast(light.onAccent, light.accent)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(light.onAccent, light.hover)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(dark.accent, SURFACE.dark)).toBeGreaterThanOrEqual(7);
        expect(contrast(dark.onAccent, dark.accent)).toBeGreaterThanOrEqual(7);
        expect(contrast(dark.onAccent, dark.hover)).toBeGreaterThanOrEqual(7);
      }),
    );
  });

  it('changes the name of the style sheet, so that a browser fetches the new one', () => {
    const one = createShell({ theme: defaultTheme });
    const two = createShell({ theme: { ...defaultTheme, accent: '#1d3fa8' } });
    expect(one.styleHref).toMatch(/^\/assets\/authly\.[0-9a-f]{12}\.css$/);
    expect(one.styleHref).not.toBe(two.styleHref);
    expect(createShell({ theme: defaultTheme }).styleHref).toBe(one.styleHref);
  });
});
