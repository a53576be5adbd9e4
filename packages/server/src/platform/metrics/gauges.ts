import { Gauge, type GaugeConfiguration, type Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.js';

/** Where the gauges look when they are read. */
export interface GaugeSources {
  readonly pool?: () => { readonly active: number; readonly idle: number };
  readonly counts?: () => Promise<LiveCounts>;
  readonly cache?: () => Promise<CacheState>;
}

export interface CacheState {
  readonly memoryBytes: number;
  readonly hitRatio: number | undefined;
}

export interface LiveCounts {
  readonly clients: number;
  readonly sessions: number;
  readonly accessTokens: number;
  readonly refreshTokens: number;
  readonly jobsWaiting: number;
  readonly jobsDead: number;
}

/** Counting rows costs the database time, so a scrape uses the last count while it is younger than this. */
const COUNTS_FRESH_MS = 15_000;

/** Adds the gauges, whose values are read when Prometheus asks. */
export function addGauges(
  registry: Registry,
  options: {
    readonly version: string;
    readonly environment: string;
    readonly clock: Clock;
    readonly sources: GaugeSources;
  },
): void {
  const { version, environment, clock, sources } = options;
  const startedAt = clock.now().getTime();
  const info = gauge(registry, 'application_info', 'What runs here', {
    labelNames: ['version', 'node_version', 'environment'],
    aggregator: 'first',
  });
  info.set({ version, node_version: process.versions.node, environment }, 1);
  gauge(registry, 'uptime_seconds', 'Time since the start', {
    aggregator: 'max',
    collect() {
      this.set((clock.now().getTime() - startedAt) / 1000);
    },
  });
  gauge(registry, 'memory_usage_bytes', 'Memory of the process', {
    labelNames: ['type'],
    collect() {
      const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
      this.set({ type: 'rss' }, rss);
      this.set({ type: 'heap_used' }, heapUsed);
      this.set({ type: 'heap_total' }, heapTotal);
      this.set({ type: 'external' }, external);
    },
  });
  if (sources.pool !== undefined) addPoolGauges(registry, sources.pool);
  if (sources.counts !== undefined) addCountGauges(registry, sources.counts);
  if (sources.cache !== undefined) addCacheGauges(registry, sources.cache);
}

/** Both gauges are read at every scrape, by one question. When Redis is away they keep what it said last. */
function addCacheGauges(registry: Registry, read: NonNullable<GaugeSources['cache']>): void {
  const last = keptFor(COUNTS_FRESH_MS, read);
  gauge(registry, 'cache_memory_usage_bytes', 'Memory that Redis uses', {
    aggregator: 'first',
    async collect() {
      const state = await last();
      if (state !== undefined) this.set(state.memoryBytes);
    },
  });
  gauge(registry, 'cache_hit_ratio', 'Keys that were there, of all that Redis was asked for', {
    aggregator: 'first',
    async collect() {
      const ratio = (await last())?.hitRatio;
      if (ratio !== undefined) this.set(ratio);
    },
  });
}

/** Asks again when the last answer is older; `undefined` where that fails, for a scrape must not fail because a database is gone. */
function keptFor<T>(freshMs: number, read: () => Promise<T>): () => Promise<T | undefined> {
  let last: { readonly at: number; readonly answer: Promise<T | undefined> } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at > freshMs) {
      last = { at: performance.now(), answer: read().catch(() => undefined) };
    }
    return last.answer;
  };
}

function addPoolGauges(registry: Registry, pool: NonNullable<GaugeSources['pool']>): void {
  for (const state of ['active', 'idle'] as const) {
    gauge(registry, `database_connections_${state}`, `Database connections that are ${state}`, {
      collect() {
        this.set(pool()[state]);
      },
    });
  }
}

function addCountGauges(registry: Registry, count: NonNullable<GaugeSources['counts']>): void {
  // That is when a scrape matters most: it does not fail because the database is gone.
  const lastCounts = keptFor(COUNTS_FRESH_MS, count);

  // Every worker reads the same database: a sum over workers would count each thing several times.
  const aggregator = 'first';
  gauge(registry, 'oauth_clients_total', 'Active clients', {
    aggregator,
    async collect() {
      const counts = await lastCounts();
      if (counts !== undefined) this.set(counts.clients);
    },
  });
  gauge(registry, 'auth_active_sessions', 'Browsers that are signed in', {
    aggregator,
    async collect() {
      const counts = await lastCounts();
      if (counts !== undefined) this.set(counts.sessions);
    },
  });
  gauge(registry, 'jobs', 'Jobs that wait, and that were given up', {
    labelNames: ['state'],
    aggregator,
    async collect() {
      const counts = await lastCounts();
      if (counts === undefined) return;
      this.set({ state: 'waiting' }, counts.jobsWaiting);
      this.set({ state: 'dead' }, counts.jobsDead);
    },
  });
  gauge(registry, 'oauth_active_tokens', 'Tokens that are alive', {
    labelNames: ['token_type'],
    aggregator,
    async collect() {
      const counts = await lastCounts();
      if (counts === undefined) return;
      this.set({ token_type: 'access' }, counts.accessTokens);
      this.set({ token_type: 'refresh' }, counts.refreshTokens);
    },
  });
}

function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  rest: Omit<GaugeConfiguration<Label>, 'name' | 'help' | 'registers'>,
): Gauge<Label> {
  const made = new Gauge<Label>({ name: `authly_${name}`, help, ...rest, registers: [] });
  registry.registerMetric(made);
  return made;
}
