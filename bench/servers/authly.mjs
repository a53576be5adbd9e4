/** Authly as it runs in production: one process, every record committed to PostgreSQL. */
import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { bootstrap } from '../../packages/server/dist/bootstrap/bootstrap.js';
import { compose } from '../../packages/server/dist/compose.js';
import { SETTINGS } from '../../packages/server/dist/config/settings.js';
import { createApp } from '../../packages/server/dist/http/app.js';
import { cookieName } from '../../packages/server/dist/http/cookies.js';
import { startSession } from '../../packages/server/dist/identity/browser-session.js';
import { newClient } from '../../packages/server/dist/model/client.js';
import { migrate } from '../../packages/server/dist/storage/postgres/migrate.js';
import { reportTo } from './report.mjs';

const port = Number(process.env.PORT);
const url = `http://127.0.0.1:${port}`;
const defaults = Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [name, setting.default]));
const settings = {
  ...defaults,
  port,
  issuer: url,
  'database.url': process.env.DATABASE_URL,
  'secrets.jwt_secret_key': randomBytes(32).toString('base64'),
  'secrets.jwt_refresh_secret_key': randomBytes(32).toString('base64'),
  'log.access': false,
};
await migrate({ connectionString: process.env.DATABASE_URL });
const logger = pino({ level: 'warn' });
const { context, metrics, ping } = await compose(settings, { logger });
await bootstrap({}, context);

const now = new Date();
const secret = `cs_${randomBytes(32).toString('base64url')}`;
await context.store.clients.add(
  newClient({
    id: randomUUID(),
    clientId: 'bench',
    name: 'Bench',
    type: 'confidential',
    secrets: [{ id: randomUUID(), hash: context.hashing.tokenHash(secret), createdAt: now }],
    redirectUris: ['https://app.example/callback'],
    grantTypes: ['client_credentials', 'authorization_code', 'refresh_token'],
    scopes: ['openid', 'offline_access', 'read'],
    createdAt: now,
  }),
);
const user = {
  id: randomUUID(),
  username: 'person',
  email: 'person@example.com',
  passwordHash: await context.passwords.hash('bench-password'),
  isActive: true,
  isVerified: true,
  isAdmin: false,
  requiresPasswordChange: false,
  profile: {},
  createdAt: now,
};
await context.store.users.add(user);
const { secret: cookie } = await startSession(
  { user: await context.store.users.find(user.id), origin: { ip: '127.0.0.1' } },
  context,
);
await context.store.consents.remember({
  userId: user.id,
  clientId: 'bench',
  scopes: ['openid', 'offline_access', 'read'],
  grantedAt: now,
});

const app = createApp(context, {
  logger,
  observe: metrics.request,
  runtime: { version: 'bench', ping, isReady: () => true, metrics: () => metrics.expose() },
});
await app.listen({ host: '127.0.0.1', port });
const api = '/api/v1/oauth';
reportTo(process, {
  url,
  clientId: 'bench',
  secret,
  tokenPath: `${api}/token`,
  introspectPath: `${api}/introspect`,
  authorizePath: `${api}/authorize`,
  cookies: { [cookieName('session', settings)]: cookie },
});
