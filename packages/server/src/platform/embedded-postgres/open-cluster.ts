/** The cluster and the passwords that belong to it: both found, both made, or the passwords set anew. */

import type { Binaries } from './binaries.js';
import { createCluster, findCluster } from './cluster.js';
import { generateCredentials, readCredentials, writeCredentials, type Credentials } from './credentials.js';
import type { Account } from './place/account.js';
import type { DataDirectory } from './place/data-directory.js';
import { runBinary } from './run-binary.js';

export interface OpenCluster {
  readonly credentials: Credentials;
  /** True when the cluster was made now. */
  readonly firstStart: boolean;
}

interface Opening {
  readonly binaries: Binaries;
  readonly account: Account;
  /** Passwords of an ephemeral cluster are in memory alone. */
  readonly isDurable: boolean;
  readonly onRunning?: (() => void) | undefined;
}

export async function openCluster(place: DataDirectory, opening: Opening): Promise<OpenCluster> {
  const exists = await findCluster(place.cluster, opening.binaries, opening.account);
  const stored = opening.isDurable ? await readCredentials(place.requested) : undefined;
  const credentials = stored ?? generateCredentials();
  if (exists && stored === undefined) {
    await resetPasswords(place, opening, credentials);
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

/** The file with the passwords was deleted. Whoever owns the data may set new ones: single-user mode asks for none. */
async function resetPasswords(place: DataDirectory, opening: Opening, credentials: Credentials): Promise<void> {
  const { superuser, superuserPassword, user, password } = credentials;
  await runBinary({
    ...opening,
    program: 'postgres',
    args: ['--single', '-D', place.cluster, 'postgres'],
    directory: place.requested,
    input: `alter role ${superuser} password '${superuserPassword}'\nalter role ${user} password '${password}'\n`,
  });
}
