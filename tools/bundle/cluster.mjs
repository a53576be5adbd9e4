/**
 * Makes the database that a first start copies, beside PostgreSQL's own package in node_modules, where a digest of all that
 * shaped it is its name. Run by `npm run build`. Without it a first start takes a second longer, so nothing here makes an
 * installation fail.
 */
import { prepareCluster } from '../../packages/server/dist/platform/embedded-postgres/cluster/prepare-cluster.js';
import { migrate } from '../../packages/server/dist/storage/postgres/migrate.js';
import { schemaDigest } from '../../packages/server/dist/storage/postgres/migrations.js';

const quiet = () => undefined;

try {
  await prepareCluster({
    schema: await schemaDigest(),
    migrate: (connectionString) => migrate({ connectionString }),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
} catch (error) {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n');
  console.warn(`No database was prepared for the first start, which therefore takes a second longer: ${reason}`);
}
