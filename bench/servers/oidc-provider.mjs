/** The peer: node-oidc-provider with its own in-memory adapter. */
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { reportTo } from './report.mjs';

const jwk = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
  kid: alg,
});
const jwtTokens = process.env.JWT_TOKENS === '1';
const resource = 'urn:api';
const port = Number(process.env.PORT);
const url = `http://127.0.0.1:${port}`;

// The adapter that comes with it forgets all but the newest thousand; a benchmark needs more.
class Memory {
  static rows = new Map();
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload) {
    Memory.rows.set(this.key(id), payload);
    if (payload.uid) Memory.rows.set(`uid:${payload.uid}`, id);
    if (payload.userCode) Memory.rows.set(`userCode:${payload.userCode}`, id);
  }
  async find(id) {
    return Memory.rows.get(this.key(id));
  }
  async findByUid(uid) {
    return this.find(Memory.rows.get(`uid:${uid}`));
  }
  async findByUserCode(code) {
    return this.find(Memory.rows.get(`userCode:${code}`));
  }
  async consume(id) {
    Memory.rows.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    Memory.rows.delete(this.key(id));
  }
  async revokeByGrantId() {}
}

const provider = new Provider(url, {
  adapter: Memory,
  clients: [
    {
      client_id: 'bench',
      client_secret: 'bench-secret',
      grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
      redirect_uris: ['https://app.example/callback'],
      response_types: ['code'],
      scope: 'openid offline_access read',
    },
  ],
  scopes: ['openid', 'offline_access', 'read'],
  jwks: { keys: [jwk('ec', { namedCurve: 'P-256' }, 'ES256'), jwk('rsa', { modulusLength: 2048 }, 'RS256')] },
  cookies: { keys: ['bench'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: jwtTokens,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'read',
        audience: resource,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  ttl: {
    AccessToken: 3600,
    ClientCredentials: 3600,
    RefreshToken: 86400,
    Grant: 86400,
    Session: 86400,
    Interaction: 600,
    IdToken: 900,
    AuthorizationCode: 60,
  },
});
provider.use(async (context, next) => {
  if (!context.path.startsWith('/interaction/')) return next();
  const { prompt, params } = await provider.interactionDetails(context.req, context.res);
  if (prompt.name === 'login')
    return provider.interactionFinished(context.req, context.res, { login: { accountId: 'person' } });
  const grant = new provider.Grant({ accountId: 'person', clientId: params.client_id });
  grant.addOIDCScope('openid offline_access read');
  grant.addResourceScope(resource, 'read');
  return provider.interactionFinished(
    context.req,
    context.res,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
});
provider.listen(port, '127.0.0.1', () =>
  reportTo(process, {
    url,
    clientId: 'bench',
    secret: 'bench-secret',
    tokenPath: '/token',
    introspectPath: '/token/introspection',
    authorizePath: '/auth',
    cookies: {},
  }),
);
