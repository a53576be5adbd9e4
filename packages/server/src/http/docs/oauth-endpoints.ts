/** The endpoints that are specified elsewhere, as entries for the OpenAPI document. The contract of the admin API brings its own. */

/** A parameter of a query or of a form. */
interface Field {
  readonly name: string;
  readonly says: string;
  readonly required?: true;
}

export interface Endpoint {
  readonly method: 'get' | 'post' | 'put';
  readonly mount: 'root' | 'api';
  readonly path: string;
  readonly id: string;
  readonly tag: 'oauth' | 'openid connect' | 'discovery' | 'health';
  readonly summary: string;
  /** Who must prove what: nobody, a client, the bearer of a token, or a person in a browser. */
  readonly access: 'anyone' | 'client' | 'bearer' | 'browser';
  readonly query?: readonly Field[];
  readonly form?: readonly Field[];
  readonly json?: readonly Field[];
  readonly answer: string;
}

const CLIENT: readonly Field[] = [
  { name: 'client_id', says: 'Instead of, or with, the Authorization header' },
  { name: 'client_secret', says: 'For client_secret_post' },
  { name: 'client_assertion_type', says: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
  { name: 'client_assertion', says: 'A JWT signed by the client, for private_key_jwt' },
];

const AUTHORIZATION: readonly Field[] = [
  { name: 'response_type', says: 'code', required: true },
  { name: 'client_id', says: 'The client that asks', required: true },
  { name: 'redirect_uri', says: 'One of its registered addresses', required: true },
  { name: 'code_challenge', says: 'PKCE: base64url of the SHA-256 of the verifier', required: true },
  { name: 'code_challenge_method', says: 'S256' },
  { name: 'scope', says: 'Permissions, separated by spaces' },
  { name: 'state', says: 'Comes back with the answer' },
  { name: 'nonce', says: 'Stands in the ID token' },
  { name: 'prompt', says: 'none, login, consent, select_account' },
  { name: 'max_age', says: 'Seconds since the last sign-in, at most' },
  { name: 'response_mode', says: 'query, fragment, form_post' },
  { name: 'login_hint', says: 'The name to fill in' },
  { name: 'id_token_hint', says: 'An ID token of the person who is expected' },
  { name: 'claims', says: 'Single claims, as JSON' },
  { name: 'resource', says: 'The API that the token is for; may be repeated' },
];

export const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'get',
    mount: 'api',
    path: '/oauth/authorize',
    id: 'authorize',
    tag: 'oauth',
    summary: 'Ask a person to sign in and to allow something. Opened in their browser.',
    access: 'browser',
    query: AUTHORIZATION,
    answer: 'A page, or a redirect to redirect_uri with code, state and iss.',
  },
  {
    method: 'post',
    mount: 'api',
    path: '/oauth/authorize-challenge',
    id: 'authorizeChallenge',
    tag: 'oauth',
    summary: 'Sign a person in inside a first-party program, in one or more rounds.',
    access: 'client',
    form: [
      { name: 'response_type', says: 'code' },
      { name: 'username', says: 'The user name or e-mail address' },
      { name: 'password', says: 'The password' },
      { name: 'otp', says: 'A code of the second factor, or a recovery code' },
      { name: 'auth_session', says: 'From the answer before, in place of name and password' },
      { name: 'code_challenge', says: 'PKCE: base64url of the SHA-256 of the verifier' },
      { name: 'code_challenge_method', says: 'S256' },
      { name: 'scope', says: 'Permissions, separated by spaces' },
      { name: 'nonce', says: 'Stands in the ID token' },
      { name: 'claims', says: 'Single claims, as JSON' },
      { name: 'resource', says: 'The API that the token is for; may be repeated' },
      ...CLIENT,
    ],
    answer:
      'authorization_code, for the token endpoint without redirect_uri. 403 insufficient_authorization with auth_session and mfa_methods asks for a second factor; 403 redirect_to_web sends the person to a browser.',
  },
  {
    method: 'post',
    mount: 'api',
    path: '/oauth/token',
    id: 'token',
    tag: 'oauth',
    summary: 'Exchange a code, a refresh token, a device code or client credentials for tokens.',
    access: 'client',
    form: [
      {
        name: 'grant_type',
        says: 'authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:device_code',
        required: true,
      },
      { name: 'code', says: 'authorization_code: the code' },
      { name: 'redirect_uri', says: 'authorization_code: as in the authorization request' },
      { name: 'code_verifier', says: 'authorization_code: the verifier of PKCE' },
      { name: 'refresh_token', says: 'refresh_token: the newest one' },
      { name: 'device_code', says: 'device_code: the code of the device' },
      { name: 'scope', says: 'Fewer permissions than were granted' },
      { name: 'resource', says: 'The API that the token is for' },
      ...CLIENT,
    ],
    answer: 'access_token, token_type, expires_in, scope, and refresh_token and id_token where they were granted.',
  },
  {
    method: 'post',
    mount: 'api',
    path: '/oauth/device_authorization',
    id: 'deviceAuthorization',
    tag: 'oauth',
    summary: 'Start a sign-in on a device without a browser.',
    access: 'client',
    form: [{ name: 'scope', says: 'Permissions, separated by spaces' }, ...CLIENT],
    answer: 'device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval.',
  },
  {
    method: 'post',
    mount: 'api',
    path: '/oauth/introspect',
    id: 'introspect',
    tag: 'oauth',
    summary: 'Ask what a token is worth at this moment.',
    access: 'client',
    form: [
      { name: 'token', says: 'The token', required: true },
      { name: 'token_type_hint', says: 'access_token or refresh_token' },
      ...CLIENT,
    ],
    answer: 'active, and for an active token scope, client_id, username, exp, iat, sub, aud, iss, jti.',
  },
  {
    method: 'post',
    mount: 'api',
    path: '/oauth/revoke',
    id: 'revoke',
    tag: 'oauth',
    summary: 'Revoke a token. A refresh token takes the access tokens of its family with it.',
    access: 'client',
    form: [
      { name: 'token', says: 'The token', required: true },
      { name: 'token_type_hint', says: 'access_token or refresh_token' },
      ...CLIENT,
    ],
    answer: 'Always 200.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/oidc/userinfo',
    id: 'userInfo',
    tag: 'openid connect',
    summary: 'Read the claims about the person that the scopes of the token open.',
    access: 'bearer',
    answer: 'sub and claims; a JWT for clients that chose one.',
  },
  {
    method: 'put',
    mount: 'root',
    path: '/oidc/userinfo',
    id: 'changeUserInfo',
    tag: 'openid connect',
    summary: 'Change what the person says about themselves, as far as the scopes of the token open it.',
    access: 'bearer',
    json: [
      { name: 'given_name', says: 'And family_name, middle_name, nickname, preferred_username' },
      { name: 'birthdate', says: 'YYYY-MM-DD' },
      { name: 'zoneinfo', says: 'A time zone, such as Europe/Oslo' },
      { name: 'locale', says: 'A language tag, such as en-GB' },
      { name: 'phone_number', says: 'With the scope phone' },
      { name: 'address', says: 'An object, with the scope address' },
    ],
    answer: 'The claims as they are then.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/oidc/logout',
    id: 'endSession',
    tag: 'openid connect',
    summary: 'Sign the person out. Opened in their browser.',
    access: 'browser',
    query: [
      { name: 'id_token_hint', says: 'An ID token of the session to end' },
      { name: 'post_logout_redirect_uri', says: 'A registered address to go to afterwards' },
      { name: 'client_id', says: 'The client that asks' },
      { name: 'state', says: 'Comes back with the redirect' },
    ],
    answer: 'A page, or a redirect to post_logout_redirect_uri.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/.well-known/openid-configuration',
    id: 'openidConfiguration',
    tag: 'discovery',
    summary: 'Read where everything is and what is supported. Also at /.well-known/oauth-authorization-server.',
    access: 'anyone',
    answer: 'The metadata of the server.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/.well-known/jwks.json',
    id: 'jwks',
    tag: 'discovery',
    summary: 'Read the public keys that verify tokens.',
    access: 'anyone',
    answer: 'keys',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/.well-known/cli-configuration',
    id: 'cliConfiguration',
    tag: 'discovery',
    summary: 'Read what a command line needs to log in here.',
    access: 'anyone',
    answer: 'issuer, client_id, scopes and addresses.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/health',
    id: 'health',
    tag: 'health',
    summary: 'Tell whether the server and its database are well; 503 when not.',
    access: 'anyone',
    answer: 'status, version, database.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/health/ready',
    id: 'ready',
    tag: 'health',
    summary: 'Tell whether to send requests here.',
    access: 'anyone',
    answer: 'status, database.',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/health/live',
    id: 'live',
    tag: 'health',
    summary: 'Tell whether the process answers.',
    access: 'anyone',
    answer: 'status',
  },
  {
    method: 'get',
    mount: 'root',
    path: '/metrics',
    id: 'metrics',
    tag: 'health',
    summary: 'Read metrics in the format of Prometheus.',
    access: 'anyone',
    answer: 'Text.',
  },
];
