import { APPEARANCE_SETTINGS } from './settings/appearance.js';
import { BOOTSTRAP_SETTINGS } from './settings/bootstrap.js';
import { MAIL_SETTINGS } from './settings/mail.js';
import { PEOPLE_SETTINGS } from './settings/people.js';
import { PERMISSION_SETTINGS } from './settings/permissions.js';
import { PROCESS_SETTINGS } from './settings/process.js';
import { SECRET_SETTINGS } from './settings/secrets.js';
import { STORAGE_SETTINGS } from './settings/storage.js';
import { STRANGER_SETTINGS } from './settings/strangers.js';
import { TOKEN_SETTINGS } from './settings/tokens.js';

/**
 * Every setting of the server. The name is the key in authly.toml (dots are tables); the environment variable comes first.
 * docs/reference/configuration.md is generated from this table, in this order.
 */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ...STORAGE_SETTINGS,
  ...MAIL_SETTINGS,
  ...SECRET_SETTINGS,
  ...TOKEN_SETTINGS,
  ...PERMISSION_SETTINGS,
  ...STRANGER_SETTINGS,
  ...PEOPLE_SETTINGS,
  ...BOOTSTRAP_SETTINGS,
  ...APPEARANCE_SETTINGS,
} as const;

export type SettingName = keyof typeof SETTINGS;

type Values = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['default'] };

/** The values that the server runs with. The issuer is known by the time there are any. */
export type Settings = Omit<Values, 'issuer'> & { readonly issuer: string };
