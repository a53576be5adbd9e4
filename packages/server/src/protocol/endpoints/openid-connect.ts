import type { Endpoint } from './endpoint.js';

const USERINFO = {
  mount: 'root',
  path: '/oidc/userinfo',
  tag: 'openid connect',
  access: 'bearer',
  answer: 'sub and claims; a JWT for clients that chose one.',
  refusals: 'oauth',
  cors: true,
} as const;

/** The endpoints of OpenID Connect. */
export const OPENID_CONNECT_ENDPOINTS = {
  userInfo: {
    ...USERINFO,
    methods: ['GET'],
    summary: 'Read the claims about the person that the scopes of the token open.',
    metadata: 'userinfo_endpoint',
  },
  userInfoByPost: {
    ...USERINFO,
    methods: ['POST'],
    summary: 'The same, for programs that send the token in a form.',
    parameters: { access_token: 'Instead of the Authorization header' },
  },
  changeUserInfo: {
    mount: 'root',
    path: '/oidc/userinfo',
    methods: ['PUT'],
    tag: 'openid connect',
    summary:
      'Change what the person says about themselves, as far as the scopes of the token open it. Needs a login with a client of this server itself.',
    access: 'bearer',
    parameters: {
      given_name: 'And family_name, middle_name, nickname, preferred_username',
      birthdate: 'YYYY-MM-DD',
      zoneinfo: 'A time zone, such as Europe/Oslo',
      locale: 'A language tag, such as en-GB',
      phone_number: 'With the scope phone',
      address: 'An object, with the scope address',
    },
    json: true,
    answer: 'The claims as they are then.',
    refusals: 'oauth',
    cors: true,
  },
  endSession: {
    mount: 'root',
    path: '/oidc/logout',
    methods: ['GET', 'POST'],
    hasEffect: true,
    tag: 'openid connect',
    summary: 'Sign the person out. Opened in their browser.',
    access: 'browser',
    parameters: {
      id_token_hint: 'An ID token of the session to end',
      logout_hint: 'Not used',
      post_logout_redirect_uri: 'A registered address to go to afterwards',
      client_id: 'The client that asks',
      state: 'Comes back with the redirect',
      ui_locales: 'Languages of the page',
    },
    answer: 'A page, or a redirect to post_logout_redirect_uri.',
    refusals: 'page',
    metadata: 'end_session_endpoint',
  },
  sessionCheck: {
    mount: 'root',
    path: '/oidc/session/check',
    methods: ['GET'],
    tag: 'openid connect',
    summary: 'Tell whether this browser is signed in, or the login behind a Bearer token still holds.',
    access: 'browser',
    parameters: { client_id: 'Comes back with the answer' },
    answer: 'session_state, authenticated, sid, check_time.',
    refusals: 'api',
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
