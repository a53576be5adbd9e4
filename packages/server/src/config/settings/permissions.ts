import { type SettingDeclaration, setting } from '../setting.js';
import { origins } from '../value-checks.js';

/** Which parts of the server are open, and to whom. */
export const PERMISSION_SETTINGS = {
  'password_grant.enabled': setting<boolean>({
    env: ['AUTHLY_PASSWORD_GRANT_ENABLED'],
    type: 'flag',
    default: false,
    defaultIn: { embedded: true, testing: true },
    doc: 'The password grant for first-party command lines and scripts. Off in production unless set.',
  }),
  'challenge_endpoint.enabled': setting<boolean>({
    env: ['AUTHLY_CHALLENGE_ENDPOINT_ENABLED'],
    type: 'flag',
    default: true,
    doc: 'Logins with a name, a password and a second factor inside first-party programs, at the authorization challenge endpoint.',
  }),
  'introspection.auth': setting<'required' | 'none'>({
    env: ['AUTHLY_INTROSPECTION_AUTH'],
    type: { oneOf: ['required', 'none'] },
    default: 'required',
    defaultIn: { embedded: 'none', testing: 'none' },
    doc: 'Whether the caller of the introspection endpoint must authenticate.',
  }),
  'admin.enabled': setting<boolean>({
    env: ['AUTHLY_ADMIN_API_ENABLED'],
    type: 'flag',
    default: true,
    doc: 'The admin API: all of /admin, and what is for administrators at /api/v1/users.',
  }),
  'admin.localhost_only': setting<boolean>({
    env: ['AUTHLY_ADMIN_API_LOCALHOST_ONLY'],
    type: 'flag',
    default: true,
    doc: 'The admin API (all of /admin, and what is for administrators at /api/v1/users) answers only callers on this machine, judged by the address of the connection, or by what a proxy of AUTHLY_TRUSTED_PROXIES says.',
  }),
  'metrics.localhost_only': setting<boolean>({
    env: ['AUTHLY_METRICS_LOCALHOST_ONLY'],
    type: 'flag',
    default: true,
    doc: '/metrics answers only callers on this machine. Turn it off where Prometheus asks from another one, in a network of its own.',
  }),
  'admin.rate_limit': setting<number>({
    env: ['AUTHLY_ADMIN_RATE_LIMIT'],
    type: 'integer',
    default: 600,
    min: 10,
    max: 1000000,
    doc: 'Calls a minute that one caller may make of one admin operation; a fifth of it where credentials are made.',
  }),
  'registration.enabled': setting<boolean>({
    env: ['AUTHLY_REGISTRATION_ENABLED'],
    type: 'flag',
    default: false,
    defaultIn: { embedded: true, testing: true },
    doc: 'Whether strangers may create an account with POST /api/v1/users.',
  }),
  'cors.origins': setting<readonly string[]>({
    env: ['AUTHLY_CORS_ORIGINS', 'CORS_ORIGINS'],
    type: 'list',
    default: ['*'],
    check: origins,
    doc: 'Origins that may call discovery, JWKS, token, revocation and UserInfo from a browser. Never with cookies.',
  }),
  'password_change.enforced': setting<boolean>({
    env: ['AUTHLY_ENFORCE_PASSWORD_CHANGE'],
    type: 'flag',
    default: true,
    defaultIn: { embedded: false, testing: false },
    doc: 'While a person must change their password, only that works.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
