/** The Authly admin API as data: a typed route table, schemas, a client made from them, an OpenAPI document printed from them. */
export * from './client.js';
export * from './contract.js';
export * from './openapi.js';
export * from './schemas/client/client-rules.js';
export { SIGNING_ALGORITHMS } from './schemas/client/client-fields.js';
export * from './schemas/problem.js';
