import { type Preset, quotedList } from './preset.js';

/** Programs at a terminal that open a browser, and clients of the Model Context Protocol. */
export const TERMINAL_PRESETS = {
  kubelogin: {
    title: 'Kubernetes (kubelogin)',
    client: {
      client_type: 'public',
      application_type: 'native',
      redirect_uris: ['http://localhost:8000', 'http://localhost:18000'],
      scope: 'openid profile email offline_access',
    },
    install: 'kubectl krew install oidc-login',
    files: ({ issuer, clientId, scope }) => [
      {
        path: 'kubeconfig.sh',
        language: 'sh',
        text: `kubectl config set-credentials authly \\
  --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=IfAvailable \\
  --exec-command=kubectl --exec-arg=oidc-login --exec-arg=get-token \\
  --exec-arg=--oidc-issuer-url=${issuer} \\
  --exec-arg=--oidc-client-id=${clientId}${scope
    .split(' ')
    .filter((name) => name !== 'openid')
    .map((name) => ` \\\n  --exec-arg=--oidc-extra-scope=${name}`)
    .join('')}
`,
      },
      {
        path: 'authentication.yaml',
        language: 'yaml',
        text: `# kube-apiserver --authentication-config=authentication.yaml
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer:
      url: ${issuer}
      audiences: [${clientId}]
    claimMappings:
      username: { claim: preferred_username, prefix: 'authly:' }
`,
      },
    ],
    notes: [
      'kubelogin listens on 8000, which is the port of Authly on the same machine; it then takes 18000 and says nothing. Both are registered.',
      'The API server reads ID tokens, from an https issuer only.',
    ],
  },
  'oidc-agent': {
    title: 'oidc-agent',
    tried: 'oidc-agent 4.2.6, by hand on 2026-11-30',
    client: {
      client_type: 'public',
      application_type: 'native',
      redirect_uris: ['http://localhost:4242'],
      scope: 'openid profile email offline_access',
    },
    install: 'apt-get install oidc-agent',
    files: ({ issuer, clientId, redirectUri, scope }) => [
      {
        path: 'generate.sh',
        language: 'sh',
        text: `oidc-gen --flow=code --issuer=${issuer} --client-id=${clientId} --client-secret= \\
  --redirect-uri=${redirectUri} --scope="${scope}" authly
`,
      },
    ],
    notes: ['`oidc-token authly` prints an access token afterwards.'],
  },
  mcp: {
    title: 'Model Context Protocol (TypeScript SDK)',
    client: {
      client_type: 'public',
      application_type: 'native',
      redirect_uris: ['http://localhost:8090/callback'],
      scope: 'openid profile email offline_access',
    },
    install: 'npm install @modelcontextprotocol/sdk',
    files: ({ issuer, clientId, redirectUri, scope }) => [
      {
        path: 'auth.js',
        language: 'js',
        text: `// What the MCP server answers at /.well-known/oauth-protected-resource.
export const protectedResource = (resource) => ({
  resource,
  authorization_servers: ['${issuer}'],
  scopes_supported: [${quotedList(scope)}],
});

// What the client gives to its transport as authProvider; openBrowser gets an address.
export class Authly {
  constructor(openBrowser) {
    this.redirectToAuthorization = openBrowser;
  }
  redirectUrl = '${redirectUri}';
  clientMetadata = { client_name: 'MCP client', redirect_uris: ['${redirectUri}'], scope: '${scope}' };
  clientInformation = () => ({ client_id: '${clientId}' });
  tokens = () => this.saved;
  saveTokens = (tokens) => void (this.saved = tokens);
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
}
`,
      },
    ],
    notes: [
      'The client is registered beforehand; without its client_id the SDK would want dynamic registration.',
      'The SDK asks for tokens for the address of the MCP server. Where the server is not embedded, that must be registered, too: `authly admin resource create http://localhost:8090/mcp --name "My MCP server" --open`.',
      'The Python SDK asks for every scope that the metadata of the MCP server lists: list only what is meant.',
    ],
  },
} as const satisfies Readonly<Record<string, Preset>>;
