import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/platform/metrics/metrics.ts';
import { systemClock } from '../../../src/platform/system-clock.ts';

function create(sources: Parameters<typeof createMetrics>[0]['sources'] = {}) {
  return createMetrics({ version: '1.2.3', environment: 'testing', clock: systemClock, sources });
}

test('requests are counted by method, endpoint and status, and timed', async () => {
  const metrics = create();
  const done = metrics.request('POST', '/api/v1/oauth/token')();
  expect((await metrics.expose()).body).toContain(
    'authly_http_requests_in_progress{method="POST",endpoint="/api/v1/oauth/token"} 1',
  );
  done(200);
  const { body, contentType } = await metrics.expose();
  expect(contentType).toContain('text/plain');
  expect(body).toContain(
    'authly_http_requests_total{method="POST",endpoint="/api/v1/oauth/token",status_code="200"} 1',
  );
  expect(body).toContain('authly_http_requests_in_progress{method="POST",endpoint="/api/v1/oauth/token"} 0');
  expect(body).toContain('authly_http_request_duration_seconds_bucket{le="0.005"');
});

test('events feed the counters that the dashboard reads', async () => {
  const { events, expose } = create();
  events.emit({ type: 'token_request', grantType: 'client_credentials', outcome: 'success' });
  events.emit({ type: 'client_request', clientId: 'client_x', endpoint: 'token' });
  events.emit({ type: 'refresh', result: 'reuse_detected' });
  events.emit({ type: 'authorization', outcome: 'success' });
  events.emit({ type: 'login', outcome: 'failure', method: 'password' });
  events.emit({ type: 'rate_limit', endpoint: 'token' });
  events.emit({ type: 'security', event: 'code_replayed', severity: 'high' });
  const { body } = await expose();
  for (const line of [
    'authly_oauth_token_requests_total{grant_type="client_credentials",status="success"} 1',
    'authly_oauth_client_requests_total{client_id="client_x",endpoint="token"} 1',
    'authly_oauth_refresh_total{result="reuse_detected"} 1',
    'authly_oauth_authorization_requests_total{status="success",response_type="code"} 1',
    'authly_auth_login_attempts_total{status="failure",method="password"} 1',
    'authly_auth_failed_login_attempts_total{reason="failure"} 1',
    'authly_rate_limit_hits_total{endpoint="token"} 1',
    'authly_security_events_total{event_type="code_replayed",severity="high"} 1',
  ]) {
    expect(body).toContain(line);
  }
});

test('a stranger who makes up endpoints and methods cannot fill the memory', async () => {
  const metrics = create();
  for (let attempt = 0; attempt < 1000; attempt += 1) metrics.request(`BREW${attempt}`, `/made-up/${attempt}`)()(404);
  const { body } = await metrics.expose();
  expect(body.match(/^authly_http_requests_total/gm)?.length).toBeLessThan(250);
  expect(body).toContain('method="OTHER",endpoint="other"');
});

test('gauges show the pool, the counts and what runs', async () => {
  const { expose } = create({
    pool: () => ({ active: 3, idle: 2 }),
    counts: async () => ({ clients: 4, sessions: 5, accessTokens: 6, refreshTokens: 7, jobsWaiting: 8, jobsDead: 1 }),
  });
  const { body } = await expose();
  for (const line of [
    'authly_database_connections_active 3',
    'authly_database_connections_idle 2',
    'authly_oauth_clients_total 4',
    'authly_jobs{state="waiting"} 8',
    'authly_jobs{state="dead"} 1',
    'authly_auth_active_sessions 5',
    'authly_oauth_active_tokens{token_type="access"} 6',
    'authly_oauth_active_tokens{token_type="refresh"} 7',
    'version="1.2.3"',
    'authly_memory_usage_bytes{type="rss"}',
    'authly_uptime_seconds',
    'process_cpu_user_seconds_total',
  ]) {
    expect(body).toContain(line);
  }
});

test('a database that is gone does not take the metrics with it', async () => {
  const { expose } = create({ counts: () => Promise.reject(new Error('gone')) });
  expect((await expose()).body).toContain('authly_uptime_seconds');
});

test('Redis is told of in what was asked of it, its memory, and how much of it was there', async () => {
  const metrics = create({ cache: async () => ({ memoryBytes: 1234, hitRatio: 0.5 }) });
  metrics.cache('count', 'success');
  metrics.cache('count', 'fallback');
  const { body } = await metrics.expose();
  expect(body).toContain('authly_cache_operations_total{operation="count",status="success"} 1');
  expect(body).toContain('authly_cache_operations_total{operation="count",status="fallback"} 1');
  expect(body).toContain('authly_cache_memory_usage_bytes 1234');
  expect(body).toContain('authly_cache_hit_ratio 0.5');
  expect((await create().expose()).body).not.toContain('authly_cache_memory');
});
