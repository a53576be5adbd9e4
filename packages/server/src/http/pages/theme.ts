/**
 * What an operator may change about the pages: name, logo, accent colour, links. The accent is checked before it is
 * used, because a colour that nobody can read is a broken page, not a brand.
 */
export interface Theme {
  readonly productName: string;
  /** https address or path on this server; the operator's own image replaces the mark. */
  readonly logoUrl?: string;
  /** `#rrggbb`; must be readable as text on white and under white text. */
  readonly accent: string;
  /** `#rrggbb` for dark screens; without it the accent is lightened until it is readable. */
  readonly accentDark?: string;
  /** Shown under every page: privacy, terms, help. */
  readonly links: readonly ThemeLink[];
}

export interface ThemeLink {
  readonly label: string;
  readonly href: string;
}

export interface AccentShades {
  readonly accent: string;
  readonly onAccent: string;
  readonly hover: string;
  readonly soft: string;
}

export const SURFACE = { light: '#ffffff', dark: '#151b19' } as const;
const INK_ON_DARK_ACCENT = '#06201a';
const AA = 4.5;
const AAA = 7;

export const defaultTheme: Theme = { productName: 'Authly', accent: '#0b5748', accentDark: '#74d8b8', links: [] };

/** The first thing wrong with the theme's accent, in words for the operator; undefined when it can be used. */
export function accentProblem(theme: Theme): string | undefined {
  return colourProblem('accent', theme.accent, SURFACE.light) ?? darkProblem(theme);
}

/** The four colours that the style sheet takes from the accent, for one colour scheme. */
export function accentShades(theme: Theme, scheme: 'light' | 'dark'): AccentShades {
  const surface = SURFACE[scheme];
  if (scheme === 'light') {
    const accent = theme.accent;
    return { accent, onAccent: '#ffffff', hover: mix(accent, '#000000', 0.18), soft: mix(accent, surface, 0.92) };
  }
  const accent = theme.accentDark ?? lightenUntilReadable(theme.accent);
  return { accent, onAccent: INK_ON_DARK_ACCENT, hover: mix(accent, '#ffffff', 0.3), soft: mix(accent, surface, 0.88) };
}

/** Contrast of two `#rrggbb` colours, 1 to 21. @spec WCAG 2.2 §1.4.3 */
export function contrast(first: string, second: string): number {
  const [lighter, darker] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function darkProblem(theme: Theme): string | undefined {
  if (theme.accentDark === undefined) {
    return undefined;
  }
  return (
    colourProblem('accentDark', theme.accentDark, SURFACE.dark) ??
    colourProblem('accentDark', theme.accentDark, INK_ON_DARK_ACCENT)
  );
}

function colourProblem(setting: string, colour: string, against: string): string | undefined {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) {
    return `${setting} must be written as #rrggbb`;
  }
  const ratio = contrast(colour, against);
  if (ratio >= AA) {
    return undefined;
  }
  return `${setting} ${colour} has a contrast of ${ratio.toFixed(2)}:1 against ${against}; text needs at least ${AA}:1`;
}

function lightenUntilReadable(accent: string): string {
  for (let share = 0; share < 1; share += 0.05) {
    const shade = mix(accent, '#ffffff', share);
    if (contrast(shade, SURFACE.dark) >= AAA && contrast(shade, INK_ON_DARK_ACCENT) >= AAA) {
      return shade;
    }
  }
  return '#ffffff';
}

function mix(colour: string, other: string, share: number): string {
  const target = channels(other);
  const mixed = channels(colour).map((value, index) => Math.round(value + ((target[index] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
