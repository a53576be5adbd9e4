export type { Recovery } from './admin/users/recover-administrator.js';
export { backup, type MigrateOptions, migrate, recover, restore, serve } from './main.js';
export type { BackupOptions, RestoreOptions } from './serve/backup.js';
export type { Restored } from './storage/postgres/backup/load.js';
export type { RecoverOptions } from './serve/recover.js';
export type { ServeOptions } from './serve/plan.js';
export type { CompanionFacts, RunningCompanion, StartCompanion } from './serve/companion.js';
