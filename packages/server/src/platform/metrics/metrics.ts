import { isGrantType } from '@authly/oauth';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.js';
import type { Events, ServerEvent } from '../../ports/events.js';
import { addGauges, type GaugeSources } from './gauges.js';
import { counterTallies, gaugeTallies, secondsTallies, type Tally } from './tallies.js';

/** What Prometheus reads. The names are fixed by surface §7.6; labels take their values from small sets only. */
export interface Metrics {
  readonly events: Events;
  readonly registry: Registry;
  /** Of one route: what to call when a request begins, which answers what to call with the status of the reply. */
  request(method: string, endpoint: string): () => (statusCode: number) => void;
  /** For the storage: one statement took so many seconds. */
  query(operation: string, seconds: number, outcome: 'success' | 'error'): void;
  /** Redis was asked, did not answer, or was passed over because it is away. */
  cache(operation: string, outcome: 'success' | 'error' | 'fallback'): void;
  /** A JWT with this `typ` was signed in so many seconds. */
  signed(type: string, seconds: number): void;
  /** A job was done, will be tried again, or was given up. */
  job(kind: string, outcome: 'success' | 'retry' | 'dead'): void;
  /** A call to an address of somebody else took so many seconds. */
  outbound(purpose: string, seconds: number, outcome: 'success' | 'error'): void;
  /** The text of /metrics; of all workers together once `clusterText` is set. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const TOKEN_TYPES: Readonly<Record<string, string>> = { 'at+jwt': 'access', JWT: 'id', 'logout+jwt': 'logout' };
/** More values than the code has: those that come after must have been made up by callers. */
const MAX_LABEL_VALUES = 200;

export function createMetrics(options: {
  readonly version: string;
  readonly environment: string;
  readonly clock: Clock;
  readonly sources: GaugeSources;
  /** In a worker: asks the primary for the sum over all workers. */
  readonly clusterText?: () => Promise<string>;
}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter: MakeCounter = (name, help, labelNames) =>
    byValues(counterTallies({ name: `authly_${name}`, help, labelNames, registry }), labelNames);
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets = SECONDS) =>
    byValues(secondsTallies({ name: `authly_${name}`, help, labelNames, buckets, registry }), labelNames);

  const requests = counter('http_requests_total', 'HTTP requests', ['method', 'endpoint', 'status_code']);
  const inProgress = byValues(
    gaugeTallies({
      name: 'authly_http_requests_in_progress',
      help: 'Requests being answered',
      labelNames: ['method', 'endpoint'],
      registry,
    }),
    ['method', 'endpoint'],
  );
  const durations = histogram('http_request_duration_seconds', 'Time from request to reply', ['method', 'endpoint']);
  const queries = counter('database_queries_total', 'Database statements', ['operation', 'status']);
  const queryDurations = histogram(
    'database_query_duration_seconds',
    'Time of database statements',
    ['operation'],
    [0.0005, 0.001, 0.0025, ...SECONDS],
  );
  const signatures = histogram(
    'oauth_token_generation_duration_seconds',
    'Time to sign a token',
    ['token_type'],
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, ...SECONDS],
  );
  const calls = histogram('outbound_request_duration_seconds', 'Time of calls to addresses of others', [
    'purpose',
    'status',
  ]);
  const jobs = counter('jobs_total', 'Jobs that were done, will be tried again, or were given up', ['kind', 'status']);
  const cacheOperations = counter('cache_operations_total', 'What was asked of Redis', ['operation', 'status']);
  addGauges(registry, options);
  const endpoints = boundedValues();
  const operations = boundedValues();

  return {
    registry,
    events: countEvents(counter),

    request(rawMethod, rawEndpoint) {
      const method = METHODS.has(rawMethod) ? rawMethod : 'OTHER';
      const endpoint = endpoints(rawEndpoint);
      const running = inProgress(method, endpoint);
      const duration = durations(method, endpoint);
      const byStatus = new Map<number, Tally>();
      return () => {
        const startedAt = performance.now();
        running.add();
        return (statusCode) => {
          running.add(-1);
          duration((performance.now() - startedAt) / 1000);
          let tally = byStatus.get(statusCode);
          if (tally === undefined) byStatus.set(statusCode, (tally = requests(method, endpoint, statusCode)));
          tally.add();
        };
      };
    },

    query(rawOperation, seconds, outcome) {
      const operation = operations(rawOperation);
      queries(operation, outcome).add();
      queryDurations(operation)(seconds);
    },

    cache(operation, outcome) {
      cacheOperations(operation, outcome).add();
    },

    signed(type, seconds) {
      signatures(TOKEN_TYPES[type] ?? 'other')(seconds);
    },

    job(kind, outcome) {
      jobs(kind, outcome).add();
    },

    outbound(purpose, seconds, outcome) {
      calls(purpose, outcome)(seconds);
    },

    async expose() {
      const body = await (options.clusterText?.() ?? registry.metrics());
      return { contentType: registry.contentType, body };
    },
  };
}

type MakeCounter = <L extends string>(
  name: string,
  help: string,
  labelNames: readonly L[],
) => (...values: readonly (string | number)[]) => Tally;

function countEvents(counter: MakeCounter): Events {
  const tokens = counter('oauth_token_requests_total', 'Token requests', ['grant_type', 'status']);
  const clients = counter('oauth_client_requests_total', 'Requests of clients: the first 200 by name, then other', [
    'client_id',
    'endpoint',
  ]);
  const refreshes = counter('oauth_refresh_total', 'Uses of refresh tokens', ['result']);
  const authorizations = counter('oauth_authorization_requests_total', 'Authorization requests', [
    'status',
    'response_type',
  ]);
  const logins = counter('auth_login_attempts_total', 'Logins', ['status', 'method']);
  const failures = counter('auth_failed_login_attempts_total', 'Logins that failed', ['reason']);
  const secondFactors = counter('auth_second_factor_attempts_total', 'Codes of second factors', ['status', 'factor']);
  const limits = counter('rate_limit_hits_total', 'Requests refused by a limit', ['endpoint']);
  const security = counter('security_events_total', 'Events that someone should look at', ['event_type', 'severity']);
  const bounded = boundedValues();
  const clientNames = boundedValues();

  return {
    emit(event: ServerEvent) {
      switch (event.type) {
        case 'token_request':
          return tokens(isGrantType(event.grantType) ? event.grantType : 'other', bounded(event.outcome)).add();
        case 'client_request':
          return clients(clientNames(event.clientId), event.endpoint).add();
        case 'refresh':
          return refreshes(event.result).add();
        case 'authorization':
          return authorizations(bounded(event.outcome), 'code').add();
        case 'login':
          if (event.outcome !== 'success') failures(event.outcome).add();
          return logins(event.outcome, bounded(event.method)).add();
        case 'second_factor':
          return secondFactors(event.outcome, event.factor).add();
        case 'rate_limit':
          return limits(bounded(event.endpoint)).add();
        case 'security':
          return security(bounded(event.event), event.severity).add();
      }
    },
  };
}

/** Keeps what is made for each set of label values, so that a later call finds it by one key. */
function byValues<L extends string, T>(
  make: (labels: Readonly<Record<L, string | number>>) => T,
  labelNames: readonly L[],
): (...values: readonly (string | number)[]) => T {
  const known = new Map<string, T>();
  return (...values) => {
    const key = values.join('\0');
    const found = known.get(key);
    if (found !== undefined) return found;
    const labels = Object.fromEntries(labelNames.map((name, index) => [name, values[index] ?? '']));
    const made = make(labels as Record<L, string | number>);
    known.set(key, made);
    return made;
  };
}

/** The first values keep their names; when there are too many, or one is too long, it becomes `other`. */
function boundedValues(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= MAX_LABEL_VALUES) return 'other';
    known.add(value);
    return value;
  };
}
