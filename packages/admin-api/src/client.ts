/** The client half of the admin API. It loads paths and methods only, no validator, so that a command starts fast. */
export * from './admin-client.js';
export * from './admin-api-error.js';
export * from './http-exchange.js';
export * from './route.js';
export { type RouteName, routes } from './route-table.js';
export type { BodyInput, ParamsInput, QueryInput, Reply } from './contract.js';
export { PRESET_NAMES, type PresetName } from './presets/presets.js';
