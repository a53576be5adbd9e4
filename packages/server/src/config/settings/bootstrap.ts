import { type SettingDeclaration, setting } from '../setting.js';

/** What the first start creates. */
export const BOOTSTRAP_SETTINGS = {
  'bootstrap.enabled': setting<boolean>({
    env: ['AUTHLY_BOOTSTRAP_ENABLED'],
    type: 'flag',
    default: true,
    doc: 'Create scopes, the administrator and the first-party client when they are missing.',
  }),
  'bootstrap.dev_mode': setting<boolean>({
    env: ['AUTHLY_BOOTSTRAP_DEV_MODE'],
    type: 'flag',
    default: false,
    doc: 'The administrator need not change a supplied password.',
  }),
  'bootstrap.admin_username': setting<string>({
    env: ['AUTHLY_ADMIN_USERNAME'],
    type: 'text',
    default: 'admin',
    doc: 'The user name of the first administrator.',
  }),
  'bootstrap.admin_email': setting<string>({
    env: ['AUTHLY_ADMIN_EMAIL'],
    type: 'text',
    default: 'admin@localhost',
    doc: 'The e-mail address of the first administrator.',
  }),
  'bootstrap.admin_password': setting<string | undefined>({
    env: ['AUTHLY_ADMIN_PASSWORD'],
    type: 'text',
    default: undefined,
    secret: true,
    doc: 'The password of the first administrator. Without it a random one is printed once.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
