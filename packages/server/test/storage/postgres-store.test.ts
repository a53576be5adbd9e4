import { describeStore } from './contract.ts';
import { openPostgresStores } from './servers/postgres.ts';

describeStore('the store in PostgreSQL', () => openPostgresStores(3));
