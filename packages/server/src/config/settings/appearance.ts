import { type SettingDeclaration, setting } from '../setting.js';
import { accentColour } from '../value-checks.js';

/** Log lines, and how the pages look. */
export const APPEARANCE_SETTINGS = {
  'log.level': setting<'trace' | 'debug' | 'info' | 'warn' | 'error'>({
    env: ['AUTHLY_LOG_LEVEL', 'LOG_LEVEL'],
    type: { oneOf: ['trace', 'debug', 'info', 'warn', 'error'] },
    default: 'info',
    aliases: { warning: 'warn', critical: 'error', fatal: 'error' },
    doc: 'The least important log line that is written.',
  }),
  'log.json': setting<boolean>({
    env: ['LOG_JSON'],
    type: 'flag',
    default: true,
    defaultIn: { embedded: false },
    doc: 'Log lines as JSON, or for reading.',
  }),
  'log.access': setting<boolean>({
    env: ['ACCESS_LOG'],
    type: 'flag',
    default: true,
    doc: 'One line for every request.',
  }),
  'theme.product_name': setting<string>({
    env: ['AUTHLY_THEME_NAME'],
    type: 'text',
    default: 'Authly',
    doc: 'The name on the pages.',
  }),
  'theme.logo_url': setting<string | undefined>({
    env: ['AUTHLY_THEME_LOGO'],
    type: 'url',
    default: undefined,
    doc: 'The address of a logo on the pages. Browsers of your users fetch it from there; `theme.logo_file` spares them that.',
  }),
  'theme.logo_file': setting<string | undefined>({
    env: ['AUTHLY_THEME_LOGO_FILE'],
    type: 'text',
    default: undefined,
    doc: 'A file with a logo (SVG, PNG, JPEG, WebP or GIF, 256 KiB at most) that Authly serves itself.',
  }),
  'theme.accent': setting<string | undefined>({
    env: ['AUTHLY_THEME_ACCENT'],
    type: 'text',
    default: undefined,
    check: accentColour,
    doc: 'The accent colour, as #rrggbb. Refused when the text on it would be hard to read.',
  }),
  'theme.support_url': setting<string | undefined>({
    env: ['AUTHLY_THEME_SUPPORT'],
    type: 'url',
    default: undefined,
    doc: 'Where people find help.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
