import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../../ports/clock.js';

/** Key sets that clients publish at their jwks_uri: kept for a while, fetched once however many ask, never hammered. */
export interface RemoteKeys {
  /** `newerThan`: a set that is known not to have the key; it is fetched again, unless that was done just now. */
  get(uri: string, newerThan?: JSONWebKeySet): Promise<JSONWebKeySet>;
}

/** Keys that their owner removed stop working after this time. */
const FRESH_MS = 300_000;
/** One address is asked at most so often, whatever tokens arrive. */
const PAUSE_MS = 30_000;
/** While the owner's server does not answer, the last keys go on working for so long. */
const STALE_MS = 3_600_000;
const MAX_URIS = 1_000;

interface Entry {
  keys?: JSONWebKeySet;
  fetchedAt: number;
  askedAt: number;
  asking?: Promise<JSONWebKeySet>;
  fault?: unknown;
}

export function createRemoteKeys(clock: Clock, fetchSet: (uri: string) => Promise<Buffer>): RemoteKeys {
  const entries = new Map<string, Entry>();

  function entryOf(uri: string): Entry {
    const entry = entries.get(uri) ?? { fetchedAt: 0, askedAt: Number.NEGATIVE_INFINITY };
    // Taken out and put in again: the first in the map is the one that was used longest ago.
    entries.delete(uri);
    entries.set(uri, entry);
    const oldest = entries.size > MAX_URIS ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    return entry;
  }

  async function ask(uri: string, entry: Entry, now: number): Promise<JSONWebKeySet> {
    entry.askedAt = now;
    try {
      entry.keys = parseKeySet(await fetchSet(uri));
      entry.fetchedAt = now;
      entry.fault = undefined;
      return entry.keys;
    } catch (error) {
      entry.fault = error;
      if (entry.keys !== undefined && now - entry.fetchedAt < STALE_MS) return entry.keys;
      throw error;
    } finally {
      entry.asking = undefined;
    }
  }

  return {
    async get(uri, newerThan) {
      const entry = entryOf(uri);
      const now = clock.now().getTime();
      const isUsable = entry.keys !== undefined && now - entry.fetchedAt < FRESH_MS && entry.keys !== newerThan;
      if (isUsable && entry.keys !== undefined) return entry.keys;
      if (entry.asking !== undefined) return entry.asking;
      if (now - entry.askedAt < PAUSE_MS) {
        if (entry.keys !== undefined && now - entry.fetchedAt < STALE_MS) return entry.keys;
        throw entry.fault ?? new Error('the keys are not there yet');
      }
      entry.asking = ask(uri, entry, now);
      return entry.asking;
    },
  };
}

function parseKeySet(bytes: Buffer): JSONWebKeySet {
  const value: unknown = JSON.parse(bytes.toString());
  if (!isKeySet(value)) throw new Error('the answer is not a JWK set');
  return value;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) return false;
  return value.keys.every((key: unknown) => typeof key === 'object' && key !== null && !Array.isArray(key));
}
