import type { Group } from '../../program/command.js';
import { proxyPostgres } from './postgres.js';
import { proxyRedis } from './redis.js';
import { proxySetup } from './setup.js';

export const proxyGroup: Group = {
  name: 'proxy',
  summary: 'Let database clients log in with access tokens.',
  commands: [proxyPostgres, proxyRedis, proxySetup],
};
