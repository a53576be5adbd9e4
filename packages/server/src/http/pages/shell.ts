/**
 * What every page shares: theme, words, and the three files it refers to. Made once when the server is composed; its
 * `assets` are what the asset route serves.
 */
import { createHash } from 'node:crypto';
import type { Logo } from './logo.js';
import { faviconSvg } from './mark.js';
import { pageScript } from './script.js';
import { type Strings, english } from './strings/english.js';
import { styleSheet } from './style/style-sheet.js';
import { type Theme, accentProblem, accentShades, defaultTheme } from './theme.js';

export interface Shell {
  readonly theme: Theme;
  /** Where the logo lies, when that is elsewhere: the policy of the pages admits images from there. */
  readonly logoOrigin: string | undefined;
  readonly strings: Strings;
  readonly paths: PagePaths;
  readonly styleHref: string;
  readonly scriptHref: string;
  /** What browsers show in the tab: the operator's logo where it is a file, else our mark in the operator's colour. */
  readonly icon: { readonly href: string; readonly type: string };
  readonly assets: readonly PageAsset[];
}

/** A file named after its own content, so it may be cached for ever. `path` has no base path in it. */
export interface PageAsset {
  readonly path: string;
  readonly contentType: string;
  readonly body: string | Buffer;
}

/** Pages that other pages link to, below the issuer's path. */
export interface PagePaths {
  readonly home: string;
  readonly login: string;
  readonly account: string;
  readonly device: string;
  readonly docs: string;
  readonly discovery: string;
}

export interface ShellOptions {
  readonly theme?: Theme;
  /** The operator's own, in the place of the mark and of `theme.logoUrl`. */
  readonly logo?: Logo;
  readonly strings?: Strings;
  /** Path of the issuer, "" or "/tenant": put before every address that the pages make themselves. */
  readonly basePath?: string;
  readonly paths?: Partial<PagePaths>;
}

/** Throws when the theme's accent cannot be read: settings are checked at start, not on the first visitor. */
export function createShell({
  theme = defaultTheme,
  logo,
  strings = english,
  basePath = '',
  paths,
}: ShellOptions): Shell {
  const problem = accentProblem(theme);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const image = logo && asset(logo.extension, logo.contentType, logo.body, 'logo');
  const style = asset('css', 'text/css; charset=utf-8', styleSheet(theme));
  const script = asset('js', 'text/javascript; charset=utf-8', pageScript(strings.script));
  const icon = image ?? asset('svg', 'image/svg+xml', faviconSvg(iconColours(theme)));
  return {
    theme: image ? { ...theme, logoUrl: basePath + image.path } : theme,
    logoOrigin: image ? undefined : originOf(theme.logoUrl),
    strings,
    paths: { ...defaultPaths(basePath), ...paths },
    styleHref: basePath + style.path,
    scriptHref: basePath + script.path,
    icon: { href: basePath + icon.path, type: icon.contentType },
    assets: [style, script, icon],
  };
}

function originOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}

function asset(extension: string, contentType: string, body: string | Buffer, name = 'authly'): PageAsset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/assets/${name}.${hash}.${extension}`, contentType, body };
}

function iconColours(theme: Theme): { light: string; dark: string } {
  return { light: accentShades(theme, 'light').accent, dark: accentShades(theme, 'dark').accent };
}

function defaultPaths(basePath: string): PagePaths {
  return {
    home: `${basePath}/`,
    login: `${basePath}/login`,
    account: `${basePath}/account`,
    device: `${basePath}/device`,
    docs: `${basePath}/docs`,
    discovery: `${basePath}/.well-known/openid-configuration`,
  };
}
