import { type SettingDeclaration, setting } from '../setting.js';

/** The master keys, from which all other keys are derived. */
export const SECRET_SETTINGS = {
  'secrets.jwt_secret_key': setting<string | undefined>({
    env: ['JWT_SECRET_KEY'],
    type: 'text',
    default: undefined,
    requiredIn: ['production'],
    secret: true,
    doc: 'The master key: signing keys and stored answers are sealed with keys derived from it. At least 32 characters, random.',
  }),
  'secrets.jwt_secret_key_previous': setting<string | undefined>({
    env: ['JWT_SECRET_KEY_PREVIOUS'],
    type: 'text',
    default: undefined,
    secret: true,
    doc: 'While JWT_SECRET_KEY is being changed: the other one. It opens and seals nothing; what it opens is sealed anew.',
  }),
  'secrets.jwt_refresh_secret_key': setting<string | undefined>({
    env: ['JWT_REFRESH_SECRET_KEY'],
    type: 'text',
    default: undefined,
    requiredIn: ['production'],
    secret: true,
    doc: 'A second key, for cookies, forms and page state. At least 32 characters, random, not the same.',
  }),
  'secrets.jwt_refresh_secret_key_previous': setting<string | undefined>({
    env: ['JWT_REFRESH_SECRET_KEY_PREVIOUS'],
    type: 'text',
    default: undefined,
    secret: true,
    doc: 'While JWT_REFRESH_SECRET_KEY is being changed: the other one, so that pages that are open go on working.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
