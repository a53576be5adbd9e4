/** The cluster and the passwords that belong to it: both found, both made, or the passwords set anew. */

import type { DataDirectory } from '../place/data-directory.js';
import { type ClusterPlan, createCluster, findCluster } from './cluster.js';
import { generateCredentials, readCredentials, writeCredentials, type Credentials } from './credentials.js';
import { setPasswords } from './initdb.js';

export interface OpenCluster {
  readonly credentials: Credentials;
  /** True when the cluster was made now. */
  readonly firstStart: boolean;
}

interface Opening extends Omit<ClusterPlan, 'credentials'> {
  /** Passwords of an ephemeral cluster are in memory alone. */
  readonly isDurable: boolean;
}

export async function openCluster(place: DataDirectory, opening: Opening): Promise<OpenCluster> {
  const exists = await findCluster(place.cluster, opening.binaries, opening.account);
  const stored = opening.isDurable ? await readCredentials(place.requested) : undefined;
  const credentials = stored ?? generateCredentials();
  if (exists && stored === undefined) {
    // The file with the passwords was deleted.
    await setPasswords(place.cluster, { ...opening, directory: place.requested }, { credentials, isSynced: true });
  }
  // Written before a new cluster takes them over and after an old one did: a start killed in between can be repeated.
  if (stored === undefined && opening.isDurable) {
    await writeCredentials(place.requested, credentials);
  }
  if (!exists) {
    await createCluster(place, { ...opening, credentials });
  }
  return { credentials, firstStart: !exists };
}
