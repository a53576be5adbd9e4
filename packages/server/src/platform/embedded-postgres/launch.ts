/** From a cluster on disk to a server that answers, with another attempt where the first one met what soon passes. */

import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { Credentials } from './cluster/credentials.js';
import type { EmbeddedPostgresOptions } from './embedded-postgres.js';
import { EmbeddedPostgresError } from './failure.js';
import { awaitFirstAnswer } from './first-answer.js';
import type { Account } from './place/account.js';
import type { DataDirectory } from './place/data-directory.js';
import { chooseEndpoint, type Endpoint } from './place/endpoint.js';
import { startPostmaster, type Postmaster } from './process/postmaster.js';
import { settingArguments } from './settings.js';

export interface Launch {
  readonly place: DataDirectory;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly credentials: Credentials;
  /** Directories that disappear together with PostgreSQL. */
  readonly scratch: readonly string[];
  readonly options: EmbeddedPostgresOptions;
}

export interface Launched {
  readonly endpoint: Endpoint;
  readonly postmaster: Postmaster;
  readonly version: string;
  readonly stop: () => Promise<void>;
}

/** Backends of a killed postmaster end when they notice, a busy one at the end of its work. */
const PATIENCE_MS = 10_000;

export async function launch(plan: Launch): Promise<Launched> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt(plan);
    } catch (error) {
      const isPassing = error instanceof EmbeddedPostgresError && ['data-in-use', 'port-taken'].includes(error.fault);
      if (!isPassing || performance.now() > deadline) {
        throw error;
      }
      await sleep(100);
    }
  }
}

async function attempt(plan: Launch): Promise<Launched> {
  const { place, binaries, account, credentials, options } = plan;
  const endpoint = await chooseEndpoint(place.home, account, options);
  const removed = endpoint.scratch === undefined ? [] : [endpoint.scratch];
  const postmaster = startPostmaster({
    binaries,
    account,
    cluster: place.cluster,
    settings: settingArguments(endpoint, options.settings ?? {}, { isDurable: options.ephemeral !== true }),
    scratch: [...removed, ...plan.scratch],
    logger: options.logger,
    onRunning: options.onRunning,
  });
  const stop = async (): Promise<void> => {
    await postmaster.stop();
    await Promise.all(removed.map((directory) => rm(directory, { recursive: true, force: true })));
  };
  try {
    const version = await awaitFirstAnswer({ postmaster, endpoint, credentials, logger: options.logger });
    return { endpoint, postmaster, version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
