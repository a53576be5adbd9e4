import { type SettingDeclaration, setting } from '../setting.js';
import { connectionString, redisUrl } from '../value-checks.js';

/** The database and the cache. */
export const STORAGE_SETTINGS = {
  'database.url': setting<string | undefined>({
    env: ['DATABASE_URL'],
    type: 'text',
    default: undefined,
    requiredIn: ['production'],
    secret: true,
    check: connectionString,
    doc: 'The PostgreSQL connection string. Several hosts, separated by commas, are tried in order.',
  }),
  'database.direct_url': setting<string | undefined>({
    env: ['AUTHLY_DATABASE_DIRECT_URL'],
    type: 'text',
    default: undefined,
    secret: true,
    check: connectionString,
    doc: 'Where `database.url` leads to a pooler: the database itself. It brings the schema up to date and hears of changes there.',
  }),
  'database.pooler_mode': setting<'session' | 'transaction'>({
    env: ['AUTHLY_DATABASE_POOLER_MODE'],
    type: { oneOf: ['session', 'transaction'] },
    default: 'session',
    doc: 'How the pooler that `database.url` leads to shares its sessions. In `transaction` mode no statement is prepared.',
  }),
  'database.pool_min': setting<number>({
    env: ['AUTHLY_POOL_MIN'],
    type: 'integer',
    default: 5,
    defaultIn: { embedded: 2, cli: 1, testing: 1 },
    min: 0,
    max: 1000,
    doc: 'Connections that are kept open, per worker.',
  }),
  'database.pool_max': setting<number>({
    env: ['AUTHLY_POOL_MAX'],
    type: 'integer',
    default: 20,
    defaultIn: { embedded: 8, cli: 3, testing: 10 },
    // Maintenance holds one so that it is alone, and works with another.
    min: 2,
    max: 1000,
    doc: 'The most connections, per worker.',
  }),
  'database.timeout': setting<number>({
    env: ['AUTHLY_POOL_TIMEOUT'],
    type: 'seconds',
    default: 30,
    defaultIn: { embedded: 15, cli: 10, testing: 5 },
    min: 1,
    max: 3600,
    doc: 'How long a request waits for a connection or a statement.',
  }),
  'database.max_idle': setting<number>({
    env: ['AUTHLY_POOL_MAX_IDLE'],
    type: 'seconds',
    default: 300,
    defaultIn: { embedded: 180, cli: 60, testing: 30 },
    min: 1,
    max: 86400,
    doc: 'How long an unused connection is kept.',
  }),
  'database.reconnect': setting<number>({
    env: ['AUTHLY_POOL_RECONNECT'],
    type: 'seconds',
    default: 5,
    defaultIn: { embedded: 2, cli: 1, testing: 0.5 },
    min: 0.1,
    max: 600,
    doc: 'The pause before a lost notification listener connects again.',
  }),
  'redis.url': setting<string | undefined>({
    env: ['AUTHLY_REDIS_URL', 'REDIS_URL'],
    type: 'text',
    default: undefined,
    secret: true,
    check: redisUrl,
    doc: 'Redis or Valkey for limits and the replay cache. Optional; when it is gone, the database takes over.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
