/** The Authly admin API as data: a typed route table, schemas, a client made from them, an OpenAPI document printed from them. */
export * from './client.js';
export * from './contract.js';
export * from './openapi.js';
export * from './presets/preset.js';
export { PRESETS } from './presets/presets.js';
export * from './schemas/client/client-rules.js';
export * from './schemas/problem.js';
