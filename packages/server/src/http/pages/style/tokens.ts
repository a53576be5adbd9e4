/** Colours, type and measures. Text on its ground is at least 7:1, edges of controls at least 3:1, in both schemes. */
import { accentShades, SURFACE, type AccentShades, type Theme } from '../theme.js';

export function tokens(theme: Theme): string {
  return `
:root {
  color-scheme: light dark;
  ${declarations({ ...LIGHT, ...accentTokens(accentShades(theme, 'light')) })}
  --sans: -apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Inter, Roboto, Ubuntu, Cantarell,
    "Noto Sans", "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --radius: 10px;
}
@media (prefers-color-scheme: dark) {
  :root { ${declarations({ ...DARK, ...accentTokens(accentShades(theme, 'dark')) })} }
}`;
}

/** Every pair of colours that carries text, for the contrast test. */
export const palettes = {
  light: {
    ground: '#f2f5f4',
    surface: SURFACE.light,
    inset: '#f6f8f7',
    text: '#101816',
    muted: '#46524e',
    line: '#dfe5e2',
    edge: '#7a8682',
    danger: '#96190f',
    'danger-soft': '#fdf2f0',
    success: '#0c5a32',
    'success-soft': '#eef8f1',
    warning: '#6b4300',
    'warning-soft': '#fdf6e6',
  },
  dark: {
    ground: '#0d1110',
    surface: SURFACE.dark,
    inset: '#1b2220',
    text: '#edf3f1',
    muted: '#adb9b5',
    line: '#2a3330',
    edge: '#74827d',
    danger: '#ffb4aa',
    'danger-soft': '#331a17',
    success: '#86dca6',
    'success-soft': '#14291d',
    warning: '#f2c877',
    'warning-soft': '#2c2312',
  },
} as const;

const LIGHT = {
  ...palettes.light,
  shadow: '0 1px 2px rgb(16 24 22 / .05), 0 12px 32px -12px rgb(16 24 22 / .14)',
};
const DARK = { ...palettes.dark, shadow: '0 1px 2px rgb(0 0 0 / .4), 0 16px 40px -16px rgb(0 0 0 / .6)' };

function accentTokens({ accent, onAccent, hover, soft }: AccentShades): Record<string, string> {
  return { accent, 'on-accent': onAccent, 'accent-hover': hover, 'accent-soft': soft };
}

function declarations(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');
}
