import { environmentFile, pathOf, type Preset, type PresetFile, type PresetValues, quotedList } from './preset.js';

/** What Auth.js is told, in whichever framework. */
const AUTHJS_PROVIDER = `  providers: [
    {
      id: 'authly',
      name: 'Authly',
      type: 'oidc',
      issuer: process.env.AUTH_AUTHLY_ISSUER,
      clientId: process.env.AUTH_AUTHLY_ID,
      clientSecret: process.env.AUTH_AUTHLY_SECRET,
    },
  ],
`;
const AUTHJS_SECRET = 'AUTH_SECRET is a secret of Auth.js itself: `npx auth secret` makes it.';

function authjsEnvironment({ issuer, clientId, clientSecret }: PresetValues, path: string): PresetFile {
  const variables = { AUTH_AUTHLY_ISSUER: issuer, AUTH_AUTHLY_ID: clientId, AUTH_AUTHLY_SECRET: clientSecret };
  return environmentFile(variables, path);
}

/** Servers on Node.js. */
export const NODE_PRESETS = {
  authjs: {
    title: 'Auth.js (Next.js)',
    callbackPath: '/api/auth/callback/authly',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/api/auth/callback/authly'],
      scope: 'openid profile email',
    },
    install: 'npm install next-auth@beta',
    files: (values) => [
      {
        path: 'auth.ts',
        language: 'ts',
        text: `import NextAuth from 'next-auth';

export const { handlers, auth, signIn, signOut } = NextAuth({
${AUTHJS_PROVIDER}});
`,
      },
      authjsEnvironment(values, '.env.local'),
    ],
    notes: [AUTHJS_SECRET, 'Auth.js reads the ID token only; it carries name and e-mail.'],
  },
  'authjs-express': {
    title: 'Auth.js (Express)',
    callbackPath: '/auth/callback/authly',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/auth/callback/authly'],
      scope: 'openid profile email',
    },
    install: 'npm install express @auth/express',
    files: (values) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import { ExpressAuth } from '@auth/express';

// app.set('trust proxy', true); app.use('/auth', authly);
export const authly = ExpressAuth({
  trustHost: true,
${AUTHJS_PROVIDER}});
`,
      },
      authjsEnvironment(values, '.env'),
    ],
    notes: [
      AUTHJS_SECRET,
      'With Express 5 it must stand at /auth without a wildcard: at /auth/*splat the library takes the whole path for its own.',
    ],
  },
  fastify: {
    title: 'Fastify (@fastify/oauth2)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback'],
      scope: 'openid profile email offline_access',
    },
    install: 'npm install fastify @fastify/cookie @fastify/oauth2',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import cookie from '@fastify/cookie';
import oauth2 from '@fastify/oauth2';

export async function authly(app) {
  await app.register(cookie);
  await app.register(oauth2, {
    name: 'authly',
    discovery: { issuer: '${issuer}' },
    credentials: { client: { id: '${clientId}', secret: process.env.CLIENT_SECRET } },
    pkce: 'S256',
    scope: [${quotedList(scope)}],
    startRedirectPath: '/login',
    callbackUri: '${redirectUri}',
  });
}
authly[Symbol.for('skip-override')] = true;
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'It is an OAuth library: the person comes from `app.authly.userinfo(token)`, since it checks no ID token.',
      'A refresh brings a new refresh token: keep what `getNewAccessTokenUsingRefreshToken` answers.',
    ],
  },
  express: {
    title: 'Express (express-openid-connect)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback'],
      post_logout_redirect_uris: ['http://localhost:3000'],
      scope: 'openid profile email',
    },
    install: 'npm install express express-openid-connect',
    files: ({ issuer, clientId, clientSecret, address, redirectUri, scope }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import { auth } from 'express-openid-connect';

export const login = auth({
  issuerBaseURL: '${issuer}',
  baseURL: '${address}',
  clientID: '${clientId}',
  clientSecret: process.env.CLIENT_SECRET,
  secret: process.env.SESSION_SECRET,
  authorizationParams: { response_type: 'code', scope: '${scope}' },${
    pathOf(redirectUri) === '/callback' ? '' : `\n  routes: { callback: '${pathOf(redirectUri)}' },`
  }
  idpLogout: true,
});
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'Without response_type code the library asks for an ID token in the front channel, which is refused.',
      'SESSION_SECRET is a secret of the library itself: at least 32 random characters.',
    ],
  },
  'openid-client': {
    title: 'Node.js (openid-client)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback'],
      post_logout_redirect_uris: ['http://localhost:3000'],
      scope: 'openid profile email offline_access',
    },
    install: 'npm install openid-client',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope, isHttp }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import * as client from 'openid-client';

export const redirect_uri = '${redirectUri}';
export const scope = '${scope}';
export const config = await client.discovery(
  new URL('${issuer}'),
  '${clientId}',
  process.env.CLIENT_SECRET,${
    isHttp ? '\n  undefined,\n  { execute: [client.allowInsecureRequests] }, // only because this server is http' : ''
  }
);
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'Each refresh brings a new refresh token: keep it in the place of the old one, which the library leaves to you.',
    ],
  },
  oauth4webapi: {
    title: 'Any JavaScript runtime (oauth4webapi)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback'],
      scope: 'openid profile email offline_access',
    },
    install: 'npm install oauth4webapi',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope, isHttp }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import * as oauth from 'oauth4webapi';

export const redirect_uri = '${redirectUri}';
export const scope = '${scope}';
export const options = {${isHttp ? ' [oauth.allowInsecureRequests]: true ' : ''}};${
          isHttp ? ' // only because this server is http' : ''
        }
const issuer = new URL('${issuer}');
export const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
export const client = { client_id: '${clientId}' };
export const authentication = oauth.ClientSecretPost(process.env.CLIENT_SECRET);
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
  },
  passport: {
    title: 'Passport (passport-openidconnect)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback'],
      scope: 'openid profile email',
      pkce: 'off',
    },
    install: 'npm install passport passport-openidconnect',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import OpenIDConnectStrategy from 'passport-openidconnect';

export const authly = new OpenIDConnectStrategy(
  {
    issuer: '${issuer}',
    authorizationURL: '${issuer}/api/v1/oauth/authorize',
    tokenURL: '${issuer}/api/v1/oauth/token',
    userInfoURL: '${issuer}/oidc/userinfo',
    clientID: '${clientId}',
    clientSecret: process.env.CLIENT_SECRET,
    callbackURL: '${redirectUri}',
    scope: '${scope.replace(/^openid /, '')}',
  },
  (issuer, profile, done) => done(null, profile),
);
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'The library sends neither PKCE nor a nonce and has no setting for either, so the preset sets pkce: off. Codes of this client are then not protected against injection; express-openid-connect or openid-client are the better choice.',
    ],
  },
  'passport-oauth2': {
    title: 'Passport (passport-oauth2)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/callback'],
      scope: 'openid profile email',
      pkce: 'required',
    },
    install: 'npm install passport passport-oauth2',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `import OAuth2Strategy from 'passport-oauth2';

export const authly = new OAuth2Strategy(
  {
    authorizationURL: '${issuer}/api/v1/oauth/authorize',
    tokenURL: '${issuer}/api/v1/oauth/token',
    clientID: '${clientId}',
    clientSecret: process.env.CLIENT_SECRET,
    callbackURL: '${redirectUri}',
    scope: '${scope}',
    pkce: true,
    state: true,
  },
  (accessToken, refreshToken, profile, done) => done(null, profile),
);
authly.userProfile = async (accessToken, done) => {
  const answer = await fetch('${issuer}/oidc/userinfo', { headers: { authorization: \`Bearer \${accessToken}\` } });
  done(null, await answer.json());
};
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: ['pkce and state are off in the library unless they are set, and need a session.'],
  },
} as const satisfies Readonly<Record<string, Preset>>;
