/** Prepares a cluster for the installation that this program lies in, and prints where it is. */

import { prepareCluster } from '../../src/platform/embedded-postgres/cluster/prepare-cluster.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { schemaDigest } from '../../src/storage/postgres/migrations.ts';

const quiet = (): void => undefined;

const prepared = await prepareCluster({
  schema: await schemaDigest(),
  migrate: (connectionString) => migrate({ connectionString }),
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});
console.log(prepared);
