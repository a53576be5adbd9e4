import { environmentFile, type Preset, type PresetValues } from './preset.js';

/** The client of Authlib, in whichever of its integrations. */
function authlibClient({ issuer, clientId, scope }: Pick<PresetValues, 'issuer' | 'clientId' | 'scope'>): string {
  return `oauth = OAuth()
oauth.register(
    'authly',
    client_id='${clientId}',
    client_secret=os.environ['CLIENT_SECRET'],
    server_metadata_url='${issuer}/.well-known/openid-configuration',
    client_kwargs={'scope': '${scope}', 'code_challenge_method': 'S256'},
)
`;
}

/** Servers in Python. */
export const PYTHON_PRESETS = {
  django: {
    title: 'Django (mozilla-django-oidc)',
    callbackPath: '/oidc/callback/',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/oidc/callback/'],
      scope: 'openid profile email',
    },
    install: 'pip install mozilla-django-oidc',
    files: ({ issuer, clientId, clientSecret, scope }) => [
      {
        path: 'authly.py',
        language: 'python',
        text: `# from .authly import *  # at the end of settings.py
import os

OIDC_RP_CLIENT_ID = '${clientId}'
OIDC_RP_CLIENT_SECRET = os.environ['OIDC_RP_CLIENT_SECRET']
OIDC_RP_SIGN_ALGO = 'RS256'
OIDC_RP_SCOPES = '${scope}'
OIDC_USE_PKCE = True
OIDC_OP_AUTHORIZATION_ENDPOINT = '${issuer}/api/v1/oauth/authorize'
OIDC_OP_TOKEN_ENDPOINT = '${issuer}/api/v1/oauth/token'
OIDC_OP_USER_ENDPOINT = '${issuer}/oidc/userinfo'
OIDC_OP_JWKS_ENDPOINT = '${issuer}/.well-known/jwks.json'
`,
      },
      environmentFile({ OIDC_RP_CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      "INSTALLED_APPS needs mozilla_django_oidc, AUTHENTICATION_BACKENDS mozilla_django_oidc.auth.OIDCAuthenticationBackend, and urls.py path('oidc/', include('mozilla_django_oidc.urls')).",
      'Without OIDC_RP_SIGN_ALGO the library expects HS256. It reads no discovery document.',
      'It takes people by e-mail address and keeps no name, unless the backend says so in create_user.',
    ],
  },
  'django-allauth': {
    title: 'Django (django-allauth)',
    callbackPath: '/oidc/authly/login/callback/',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/accounts/oidc/authly/login/callback/'],
      scope: 'openid profile email',
    },
    install: "pip install 'django-allauth[socialaccount]'",
    files: ({ issuer, clientId, clientSecret }) => [
      {
        path: 'authly.py',
        language: 'python',
        text: `# from .authly import *  # at the end of settings.py
import os

SOCIALACCOUNT_PROVIDERS = {
    'openid_connect': {
        'OAUTH_PKCE_ENABLED': True,
        'APPS': [
            {
                'provider_id': 'authly',
                'name': 'Authly',
                'client_id': '${clientId}',
                'secret': os.environ['AUTHLY_CLIENT_SECRET'],
                'settings': {'server_url': '${issuer}'},
            }
        ],
    }
}
`,
      },
      environmentFile({ AUTHLY_CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'INSTALLED_APPS needs allauth.socialaccount.providers.openid_connect besides allauth, allauth.account and allauth.socialaccount.',
      'Without OAUTH_PKCE_ENABLED the library sends neither PKCE nor a nonce, and is refused.',
    ],
  },
  'django-social-auth': {
    title: 'Django (social-auth-app-django)',
    callbackPath: '/complete/oidc/',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/complete/oidc/'],
      scope: 'openid profile email',
    },
    install: 'pip install social-auth-app-django',
    files: ({ issuer, clientId, clientSecret }) => [
      {
        path: 'authly.py',
        language: 'python',
        text: `# from .authly import *  # at the end of settings.py
import os

SOCIAL_AUTH_OIDC_OIDC_ENDPOINT = '${issuer}'
SOCIAL_AUTH_OIDC_KEY = '${clientId}'
SOCIAL_AUTH_OIDC_SECRET = os.environ['SOCIAL_AUTH_OIDC_SECRET']
SOCIAL_AUTH_OIDC_USE_PKCE = True
`,
      },
      environmentFile({ SOCIAL_AUTH_OIDC_SECRET: clientSecret }),
    ],
    notes: [
      "INSTALLED_APPS needs social_django, AUTHENTICATION_BACKENDS social_core.backends.open_id_connect.OpenIdConnectAuth, and urls.py path('', include('social_django.urls')).",
      'A login starts with a POST to /login/oidc/: a link is answered 405.',
      'Without SOCIAL_AUTH_OIDC_USE_PKCE the library sends a nonce, which is enough as well.',
    ],
  },
  fastapi: {
    title: 'FastAPI (Authlib, PyJWT)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/callback'],
      scope: 'openid profile email',
    },
    install: 'pip install fastapi uvicorn authlib httpx itsdangerous "pyjwt[crypto]"',
    files: ({ issuer, clientSecret, ...values }) => [
      {
        path: 'auth.py',
        language: 'python',
        text: `import os

import jwt
from authlib.integrations.starlette_client import OAuth
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

${authlibClient({ issuer, ...values })}
# An API that takes access tokens: def read(caller: dict = Depends(access_token)).
keys = jwt.PyJWKClient('${issuer}/.well-known/jwks.json')
AUDIENCE = os.environ.get('AUDIENCE', '${issuer}')


def access_token(credentials: HTTPAuthorizationCredentials = Depends(HTTPBearer())) -> dict:
    try:
        key = keys.get_signing_key_from_jwt(credentials.credentials)
        return jwt.decode(
            credentials.credentials, key.key, algorithms=['ES256'], audience=AUDIENCE, issuer='${issuer}'
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401, 'invalid_token', {'WWW-Authenticate': 'Bearer error="invalid_token"'}) from error
`,
      },
      environmentFile({ CLIENT_SECRET: clientSecret }),
    ],
    notes: [
      'The login needs the SessionMiddleware of Starlette with a secret of its own.',
      'AUDIENCE is what the access tokens of this API name: the resource that a login asks for, or the default audience of the server.',
    ],
  },
  flask: {
    title: 'Flask (Authlib)',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:5000/callback'],
      scope: 'openid profile email',
    },
    install: 'pip install flask authlib requests',
    files: (values) => [
      {
        path: 'auth.py',
        language: 'python',
        text: `import os
from authlib.integrations.flask_client import OAuth

${authlibClient(values)}`,
      },
      environmentFile({ CLIENT_SECRET: values.clientSecret }),
    ],
    notes: ['Without code_challenge_method the library sends a nonce, which is enough as well.'],
  },
} as const satisfies Readonly<Record<string, Preset>>;
