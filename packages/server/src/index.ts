export type { Recovery } from './admin/users/recover-administrator.js';
export { type MigrateOptions, migrate, recover, serve } from './main.js';
export type { RecoverOptions } from './serve/recover.js';
export type { ServeOptions } from './serve/plan.js';
export type { CompanionFacts, RunningCompanion, StartCompanion } from './serve/companion.js';
