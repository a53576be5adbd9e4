import { Counter, Gauge, Registry } from 'prom-client';

/** What Prometheus reads. No label takes its values from a caller. */
export interface ProxyMetrics {
  readonly logins: Counter<'result'>;
  readonly statements: Counter<'class'>;
  readonly refused: Counter<'kind'>;
  readonly introspections: Counter<'result'>;
  readonly cuts: Counter<'reason'>;
  readonly upstreamErrors: Counter;
  readonly seconds: Counter;
  readonly bytes: Counter<'direction'>;
  /** The text of /metrics. */
  expose(): Promise<{ readonly type: string; readonly body: string }>;
}

export interface MetricSources {
  /** Connections at this moment. */
  readonly connections: () => number;
  /** Roles that nobody has, by class. */
  readonly slotsFree?: () => Readonly<Record<string, number>>;
  /** Statements that the grammar had to read. */
  readonly parsed?: () => number;
}

export function createProxyMetrics({ connections, slotsFree, parsed }: MetricSources): ProxyMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
    new Counter({ name: `authly_proxy_${name}`, help, labelNames, registers });
  registry.registerMetric(
    new Gauge({
      name: 'authly_proxy_connections',
      help: 'Connections at this moment',
      registers: [],
      collect() {
        this.set(connections());
      },
    }),
  );
  if (parsed !== undefined)
    registry.registerMetric(
      new Counter({
        name: 'authly_proxy_parser_total',
        help: 'Statements that the grammar had to read',
        registers: [],
        collect() {
          this.reset();
          this.inc(parsed());
        },
      }),
    );
  if (slotsFree !== undefined)
    registry.registerMetric(
      new Gauge({
        name: 'authly_proxy_slots_free',
        help: 'Roles that nobody has at this moment',
        labelNames: ['class'],
        registers: [],
        collect() {
          for (const [name, free] of Object.entries(slotsFree())) this.set({ class: name }, free);
        },
      }),
    );
  return {
    logins: counter('logins_total', 'Logins, by how they ended', 'result'),
    statements: counter('statements_total', 'Statements and commands, by class', 'class'),
    refused: counter('refused_total', 'Statements and commands that were refused', 'kind'),
    introspections: counter('introspections_total', 'Questions to Authly, by answer', 'result'),
    cuts: counter('cut_total', 'Sessions that the proxy ended', 'reason'),
    upstreamErrors: counter('upstream_errors_total', 'Connections that the database did not give'),
    seconds: counter('seconds', 'How long the sessions that have ended lasted'),
    bytes: counter('bytes', 'Bytes that were passed on', 'direction'),
    expose: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
