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
/** More than AAA on the surface, so that it is still AAA on a tinted one. */
const ROOM_FOR_TINTS = 9.2;
/** A colour as saturated as paint glows on a dark screen. */
const CALM_SATURATION = 0.5;

export const defaultTheme: Theme = { productName: 'Authly', accent: '#0b5748', links: [] };

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

/** Keeps the hue. White mixed in would turn every dark brand grey, so lightness is raised instead. */
function lightenUntilReadable(accent: string): string {
  const { hue, saturation } = hueOf(accent);
  for (let lightness = 0.5; lightness < 1; lightness += 0.02) {
    const shade = fromHue(hue, Math.min(saturation, CALM_SATURATION), lightness);
    if (contrast(shade, SURFACE.dark) >= ROOM_FOR_TINTS) {
      return shade;
    }
  }
  return '#ffffff';
}

/** @spec CSS Color 4 §7.1 (HSL) */
function fromHue(hue: number, saturation: number, lightness: number): string {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const parts = [0, 8, 4].map((offset) => {
    const step = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - chroma * Math.max(-1, Math.min(step - 3, 9 - step, 1))));
  });
  return hex(parts);
}

function hueOf(colour: string): { hue: number; saturation: number } {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => value / 255);
  const highest = Math.max(red, green, blue);
  const range = highest - Math.min(red, green, blue);
  if (range === 0) {
    return { hue: 0, saturation: 0 };
  }
  const sector =
    highest === red
      ? (green - blue) / range + 6
      : highest === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  return { hue: (sector * 60) % 360, saturation: range / (1 - Math.abs(2 * highest - range - 1)) };
}

function mix(colour: string, other: string, share: number): string {
  const target = channels(other);
  const mixed = channels(colour).map((value, index) => Math.round(value + ((target[index] ?? 0) - value) * share));
  return hex(mixed);
}

function hex(values: readonly number[]): string {
  return `#${values.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
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
