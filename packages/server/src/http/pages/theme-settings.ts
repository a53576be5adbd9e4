import type { Settings } from '../../config/settings.js';
import { defaultTheme, type Theme } from './theme.js';

/** The theme that the settings describe. */
export function themeOf(settings: Settings): Theme {
  const support = settings['theme.support_url'];
  return {
    productName: settings['theme.product_name'],
    accent: settings['theme.accent'] ?? defaultTheme.accent,
    links: support === undefined ? [] : [{ label: 'Help', href: support }],
    ...(settings['theme.logo_url'] !== undefined && { logoUrl: settings['theme.logo_url'] }),
  };
}
