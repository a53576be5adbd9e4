import { readFileSync, writeFileSync } from 'node:fs';
import type { PresetName } from '../../../packages/admin-api/src/client.js';
import type { Connection } from '../connections.js';
import { lockedVersion } from './locked-version.js';
import { CONNECT } from './software.js';

/** What the tests saw of one connection. The documents are made from the file of these. */
export interface Result {
  readonly preset: PresetName;
  readonly library: string;
  readonly language: Connection['language'];
  readonly version: string;
  /** Whether it logs somebody in as it comes. */
  readonly default: boolean;
  /** What the printed files set besides. */
  readonly set?: string;
  readonly refresh?: true;
  readonly logout?: true;
}

const FILE = new URL('../results.json', import.meta.url);
const seen = new Map<string, Result>();

/** Notes that the printed files work; a later note says what became of the default. */
export function record(connection: Connection, outcome: { readonly default?: boolean }): void {
  const { preset, library, language, set, refreshes, logsOut } = connection;
  seen.set(preset, {
    preset,
    library,
    language,
    version: lockedVersion(CONNECT, connection),
    default: outcome.default ?? !set,
    ...(set && { set }),
    ...(refreshes && { refresh: true }),
    ...(logsOut && { logout: true }),
  });
}

export function recorded(): readonly Result[] {
  return [...seen.values()];
}

export function readResults(): readonly Result[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as readonly Result[];
}

/** Keeps what was seen, and what was known of software that is not installed here. */
export function writeResults(told: readonly Result[]): void {
  const others = readResults().filter(({ preset }) => !told.some((one) => one.preset === preset));
  const all = [...others, ...told].toSorted((left, right) => left.preset.localeCompare(right.preset, 'en'));
  writeFileSync(FILE, `${JSON.stringify(all, undefined, 2)}\n`);
}
