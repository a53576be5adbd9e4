import { type Preset, quotedList } from './preset.js';

/** Programs that run where their user is, and can keep no secret. */
export const BROWSER_PRESETS = {
  spa: {
    title: 'Single-page application (oidc-client-ts)',
    client: {
      client_type: 'public',
      redirect_uris: ['http://localhost:5173/callback'],
      post_logout_redirect_uris: ['http://localhost:5173/'],
      scope: 'openid profile email offline_access',
    },
    install: 'npm install oidc-client-ts',
    files: ({ issuer, clientId, redirectUri, address, scope }) => [
      {
        path: 'auth.ts',
        language: 'ts',
        text: `import { UserManager } from 'oidc-client-ts';

export const userManager = new UserManager({
  authority: '${issuer}',
  client_id: '${clientId}',
  redirect_uri: '${redirectUri}',
  post_logout_redirect_uri: '${address}/',
  scope: '${scope}',
});
`,
      },
    ],
    notes: [
      'Renewing uses the refresh token. An iframe of another site gets login_required.',
      'Where AUTHLY_CORS_ORIGINS of the server is set, it must name the origin of the page.',
    ],
  },
  'react-native': {
    title: 'React Native and other mobile apps (react-native-app-auth)',
    client: {
      client_type: 'public',
      application_type: 'native',
      redirect_uris: ['com.example.app:/callback'],
      scope: 'openid profile email offline_access',
    },
    install: 'npm install react-native-app-auth',
    files: ({ issuer, clientId, redirectUri, scope, isHttp }) => [
      {
        path: 'auth.ts',
        language: 'ts',
        text: `import { authorize, refresh } from 'react-native-app-auth';

export const authly = {
  issuer: '${issuer}',
  clientId: '${clientId}',
  redirectUrl: '${redirectUri}',
  scopes: [${quotedList(scope)}],${
    isHttp ? '\n  dangerouslyAllowInsecureHttpRequests: true, // only because this server is http' : ''
  }
};

export const signIn = () => authorize(authly);
export const renew = (refreshToken: string) => refresh(authly, { refreshToken });
`,
      },
    ],
    notes: [
      'The scheme of the redirect URI is a domain name of yours, backwards; Android and iOS have to be told of it as the library describes.',
      'AppAuth for Android, AppAuth-iOS, flutter_appauth and Expo AuthSession take the same values.',
    ],
  },
} as const satisfies Readonly<Record<string, Preset>>;
