export { type ProxySettings, type RunningProxy, startPostgresProxy } from './postgres/start.js';
export { type RedisProxySettings, type RunningRedisProxy, startRedisProxy } from './redis/start.js';
export { UnfitServer } from './redis/upstream/server.js';
export { setUp, type SetUpRequest } from './postgres/roles/set-up.js';
export { type Forwarder, type ForwarderSettings, forwardPostgres } from './forward/forward-postgres.js';
export type { ProxyPlace } from './forward/proxy-place.js';
