export { type MigrateOptions, migrate, serve } from './main.js';
export type { ServeOptions } from './serve/plan.js';
