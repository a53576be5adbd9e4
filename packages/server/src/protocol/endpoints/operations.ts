import type { Endpoint } from './endpoint.js';

const DOCUMENT = {
  mount: 'root',
  methods: ['GET'],
  tag: 'discovery',
  access: 'anyone',
  refusals: 'api',
  cors: true,
} as const;
const OPERATION = { mount: 'root', methods: ['GET'], tag: 'health', access: 'anyone', refusals: 'api' } as const;

/** What the server says about itself: to clients before they begin, and to whoever runs it. */
export const OPERATIONS_ENDPOINTS = {
  openidConfiguration: {
    ...DOCUMENT,
    path: '/.well-known/openid-configuration',
    summary: 'Read where everything is and what is supported.',
    answer: 'The metadata of the server.',
  },
  oauthAuthorizationServer: {
    ...DOCUMENT,
    path: '/.well-known/oauth-authorization-server',
    summary: 'The same, at the address of RFC 8414.',
    answer: 'The metadata of the server.',
  },
  jwks: {
    ...DOCUMENT,
    path: '/.well-known/jwks.json',
    summary: 'Read the public keys that verify tokens.',
    answer: 'keys',
    metadata: 'jwks_uri',
  },
  cliConfiguration: {
    ...DOCUMENT,
    path: '/.well-known/cli-configuration',
    summary: 'Read what a command line needs to log in here.',
    answer: 'issuer, client_id, scopes and addresses.',
  },
  health: {
    ...OPERATION,
    path: '/health',
    summary: 'Tell whether the server and its database are well; 503 when not.',
    answer: 'status, version, database.',
  },
  ready: {
    ...OPERATION,
    path: '/health/ready',
    summary: 'Tell whether to send requests here.',
    answer: 'status, database.',
  },
  live: {
    ...OPERATION,
    path: '/health/live',
    summary: 'Tell whether the process answers.',
    answer: 'status',
  },
  metrics: {
    ...OPERATION,
    path: '/metrics',
    summary: 'Read metrics in the format of Prometheus.',
    answer: 'Text.',
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
