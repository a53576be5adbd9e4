import { environmentFile, pathOf, type Preset } from './preset.js';

/** Ready services that let people in by OpenID Connect, or ask for tokens. */
export const SERVICE_PRESETS = {
  'oauth2-proxy': {
    title: 'oauth2-proxy',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:4180/oauth2/callback'],
      scope: 'openid profile email',
      pkce: 'required',
    },
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      {
        path: 'oauth2-proxy.cfg',
        language: 'toml',
        text: `provider = "oidc"
oidc_issuer_url = "${issuer}"
client_id = "${clientId}"
client_secret = "${clientSecret}"
redirect_url = "${redirectUri}"
scope = "${scope}"
code_challenge_method = "S256"
email_domains = ["*"]
`,
      },
    ],
    notes: ['cookie_secret is a secret of the proxy itself: 32 random bytes in base64url.'],
  },
  grafana: {
    title: 'Grafana',
    callbackPath: '/login/generic_oauth',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/login/generic_oauth'],
      scope: 'openid profile email',
      pkce: 'required',
    },
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      environmentFile(
        {
          GF_SERVER_ROOT_URL: redirectUri.replace(/login\/generic_oauth$/, ''),
          GF_AUTH_GENERIC_OAUTH_ENABLED: 'true',
          GF_AUTH_GENERIC_OAUTH_NAME: 'Authly',
          GF_AUTH_GENERIC_OAUTH_CLIENT_ID: clientId,
          GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: clientSecret,
          GF_AUTH_GENERIC_OAUTH_SCOPES: scope,
          GF_AUTH_GENERIC_OAUTH_AUTH_URL: `${issuer}/api/v1/oauth/authorize`,
          GF_AUTH_GENERIC_OAUTH_TOKEN_URL: `${issuer}/api/v1/oauth/token`,
          GF_AUTH_GENERIC_OAUTH_API_URL: `${issuer}/oidc/userinfo`,
          GF_AUTH_GENERIC_OAUTH_USE_PKCE: 'true',
          GF_AUTH_GENERIC_OAUTH_LOGIN_ATTRIBUTE_PATH: 'preferred_username',
        },
        'grafana.env',
      ),
    ],
    notes: ['Without USE_PKCE Grafana sends neither PKCE nor a nonce, and is refused.'],
  },
  argocd: {
    title: 'Argo CD',
    callbackPath: '/auth/callback',
    client: {
      client_type: 'confidential',
      redirect_uris: ['https://argocd.example.com/auth/callback'],
      scope: 'openid profile email',
    },
    files: ({ issuer, clientId, clientSecret, address, scope }) => [
      {
        path: 'argocd-cm.yaml',
        language: 'yaml',
        text: `apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
  labels:
    app.kubernetes.io/part-of: argocd
data:
  url: ${address}
  oidc.config: |
    name: Authly
    issuer: ${issuer}
    clientID: ${clientId}
    clientSecret: $oidc.authly.clientSecret
    enablePKCEAuthentication: true
    requestedScopes: [${scope.replaceAll(' ', ', ')}]
`,
      },
      {
        path: 'secret.sh',
        language: 'sh',
        text: `kubectl -n argocd patch secret argocd-secret --type merge -p '{"stringData":{"oidc.authly.clientSecret":"${clientSecret}"}}'
`,
      },
    ],
    notes: ['Rules in argocd-rbac-cm name people by e-mail address where its `scopes` is [email].'],
  },
  gitea: {
    title: 'Gitea and Forgejo',
    callbackPath: '/user/oauth2/authly/callback',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:3000/user/oauth2/authly/callback'],
      scope: 'openid profile email',
      pkce: 'off',
    },
    files: ({ issuer, clientId, clientSecret, scope }) => [
      {
        path: 'add.sh',
        language: 'sh',
        text: `gitea admin auth add-oauth --provider openidConnect --name 'authly' \\
  --key '${clientId}' --secret '${clientSecret}' \\
  --auto-discover-url '${issuer}/.well-known/openid-configuration'${scope
    .split(' ')
    .filter((name) => name !== 'openid')
    .map((name) => ` \\\n  --scopes ${name}`)
    .join('')}
`,
      },
    ],
    notes: [
      'Forgejo: the same with the command `forgejo`. The name of the source is part of the redirect URI.',
      'Versions that send neither PKCE nor a nonce need pkce: off, which the preset sets. With one that sends PKCE, create the client with --pkce required.',
    ],
  },
  'mod-auth-openidc': {
    title: 'Apache (mod_auth_openidc)',
    tried: 'mod_auth_openidc 2.4.12.3, by hand on 2026-11-30',
    client: {
      client_type: 'confidential',
      redirect_uris: ['http://localhost:8080/protected/redirect_uri'],
      scope: 'openid profile email',
      pkce: 'required',
    },
    install: 'apt-get install libapache2-mod-auth-openidc',
    files: ({ issuer, clientId, clientSecret, redirectUri, scope }) => [
      {
        path: 'authly.conf',
        language: 'apache',
        text: `OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${clientId}
OIDCClientSecret ${clientSecret}
OIDCRedirectURI ${redirectUri}
OIDCPKCEMethod S256
OIDCScope "${scope}"
OIDCRemoteUserClaim preferred_username
OIDCCryptoPassphrase "exec:/bin/cat /etc/apache2/oidc-passphrase"

<Location ${pathOf(redirectUri).replace(/\/[^/]*$/, '') || '/'}>
  AuthType openid-connect
  Require valid-user
</Location>
`,
      },
    ],
    notes: [
      '/etc/apache2/oidc-passphrase holds a secret of the module itself: 32 random characters. The file above must be readable by root alone.',
      'The redirect URI lies within what is protected, and no page lies there.',
    ],
  },
  dovecot: {
    title: 'Dovecot (oauth2 password database)',
    tried: 'Dovecot 2.3.19.1, by hand on 2026-11-30',
    client: { client_type: 'confidential', redirect_uris: [], grant_types: ['client_credentials'], scope: '' },
    files: ({ issuer, clientId, clientSecret }) => [
      {
        path: 'dovecot-oauth2.conf.ext',
        language: 'ini',
        text: `introspection_mode = post
introspection_url = ${issuer}/api/v1/oauth/introspect
client_id = ${clientId}
client_secret = ${clientSecret}
username_attribute = username
active_attribute = active
active_value = true
`,
      },
    ],
    notes: [
      'This client signs nobody in: it asks whether the token of a mail program is good. The mail program is a client of its own.',
      'The mode `get` would put the secret into an address, and is refused.',
    ],
  },
  prometheus: {
    title: 'Prometheus (scraping with a token)',
    tried: 'Prometheus 2.42.0, by hand on 2026-11-30',
    client: { client_type: 'confidential', redirect_uris: [], grant_types: ['client_credentials'], scope: 'read' },
    files: ({ issuer, clientId, clientSecret, scope }) => [
      {
        path: 'prometheus.yml',
        language: 'yaml',
        text: `scrape_configs:
  - job_name: protected
    static_configs:
      - targets: ['app.example.com:443']
    scheme: https
    oauth2:
      client_id: ${clientId}
      client_secret: ${clientSecret}
      token_url: ${issuer}/api/v1/oauth/token
      scopes: [${scope.replaceAll(' ', ', ')}]
`,
      },
    ],
    notes: ['`client_secret_file` in the place of `client_secret` reads it from a file.'],
  },
} as const satisfies Readonly<Record<string, Preset>>;
