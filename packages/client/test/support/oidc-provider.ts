/** An authorization server that nobody here wrote, with a switch for each way in which a network can fail. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';

/** What happens to the next requests for a token: `500` and `hang` before the server sees them, `lost` after it has answered. */
export type Fault = '500' | '503' | 'hang' | 'lost';

/** A running oidc-provider. */
export interface RunningProvider {
  readonly issuer: string;
  /** How often a refresh token was exchanged. */
  readonly rotations: () => number;
  /** How many requests reached the token endpoint. */
  readonly tokenRequests: () => number;
  /** Every path that was asked for. */
  readonly paths: readonly string[];
  fail(...faults: Fault[]): void;
  /** Fails every request for a token until it is called with `undefined`. */
  failAll(fault: Fault | undefined): void;
  close(): Promise<void>;
}

export interface ProviderSettings {
  readonly rotate?: boolean;
  readonly accessTokenSeconds?: number;
  /** How long each request for a token takes. */
  readonly tokenDelayMs?: number;
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const machineKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const api = 'https://api.example.test';

/** Starts the server on a free port of 127.0.0.1. The account `alice` is logged in whenever a browser asks. */
export async function startProvider(settings: ProviderSettings = {}): Promise<RunningProvider> {
  const http = createServer();
  const issuer = await listen(http);
  const provider = new Provider(issuer, configuration(settings));
  const counts = { rotations: 0, tokens: 0 };
  const paths: string[] = [];
  const faults: Fault[] = [];
  let lasting: Fault | undefined;
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.grant_type === 'refresh_token') counts.rotations += 1;
  });
  const callback = provider.callback();

  http.on('request', (request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    paths.push(path);
    if (path.startsWith('/interaction/')) return finishInteraction(provider, request, response);
    if (path !== '/token') return callback(request, response);
    counts.tokens += 1;
    const fault = faults.shift() ?? lasting;
    if (fault === '500' || fault === '503') {
      response.writeHead(Number(fault), fault === '503' ? { 'retry-after': '1' } : {}).end('<html>broken</html>');
      return undefined;
    }
    if (fault === 'hang') return undefined;
    if (settings.tokenDelayMs) await new Promise((resolve) => setTimeout(resolve, settings.tokenDelayMs));
    if (fault === 'lost') loseAnswer(request, response);
    return callback(request, response);
  }

  return {
    issuer,
    rotations: () => counts.rotations,
    tokenRequests: () => counts.tokens,
    paths,
    fail: (...next) => void faults.push(...next),
    failAll: (fault) => {
      lasting = fault;
    },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

/** The server has done its work and believes that it has answered; nothing arrives. */
function loseAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.write = () => true;
  response.end = () => {
    request.socket.destroy();
    return response;
  };
}

function listen(http: Server): Promise<string> {
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => {
      const address = http.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
}

async function finishInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: 'alice' } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  grant.addResourceScope(api, 'vms:read vms:write');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

function configuration(settings: ProviderSettings): object {
  const nativeGrants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
  return {
    clients: [
      ...['cli', 'my-app'].map((name) => ({
        client_id: name,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: nativeGrants,
        redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
      })),
      ...['client_secret_basic', 'client_secret_post'].map((method) => ({
        client_id: `machine-${method}`,
        client_secret: 'a secret with + / % and spaces',
        token_endpoint_auth_method: method,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      {
        client_id: 'machine-key',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...machineKey.publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'm1' }] },
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: {
      keys: [
        { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'e1' },
        { ...rsa.privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'r1' },
      ],
    },
    cookies: { keys: ['test cookie key'] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'vms:read vms:write',
          audience: api,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
        useGrantedResource: () => true,
      },
    },
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: `${id}-name` }),
    }),
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    scopes: ['openid', 'offline_access', 'profile'],
    clientBasedCORS: () => false,
    rotateRefreshToken: settings.rotate ?? true,
    issueRefreshToken: () => true,
    ttl: {
      AccessToken: settings.accessTokenSeconds ?? 3600,
      ClientCredentials: settings.accessTokenSeconds ?? 600,
      Interaction: 3600,
      Session: 3600,
      Grant: 86_400,
      RefreshToken: 86_400,
      DeviceCode: 600,
      IdToken: 3600,
    },
  };
}
