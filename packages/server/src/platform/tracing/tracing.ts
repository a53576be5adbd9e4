/**
 * Traces for OpenTelemetry, sent by OTLP over HTTP: a span of each request, and in it one of each statement, signature and call to others. No query
 * strings, parameters, names of people or secrets. Loaded only where an address is set.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';

export interface TracedRequest {
  readonly method: string;
  /** The pattern of the address, not the address. */
  readonly route: string;
  readonly requestId: string;
  /** The header of the caller: whose trace this belongs to. @spec W3C Trace Context §3.2 */
  readonly traceparent: string | undefined;
}

export interface Tracing {
  /** `work` answers the status of the reply. */
  request(about: TracedRequest, work: () => Promise<number>): Promise<void>;
  /** Something that a request did, and that is over. */
  step(name: string, seconds: number, outcome?: 'success' | 'error'): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

export function createTracing(options: {
  readonly endpoint: string;
  /** `name=value` pairs, separated by commas, as OTEL_EXPORTER_OTLP_HEADERS has them. */
  readonly headers: string | undefined;
  readonly percent: number;
  readonly version: string;
}): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: headersOf(options.headers),
    // With its repeats; the stop waits for the last of them.
    timeoutMillis: 2000,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': 'authly', 'service.version': options.version }),
    ),
    // Not what the caller says: strangers would decide how much is kept.
    sampler: new TraceIdRatioBasedSampler(options.percent / 100),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('authly', options.version);
  const current = new AsyncLocalStorage<Context>();

  return {
    async request({ method, route, requestId, traceparent }, work) {
      const attributes = { 'http.request.method': method, 'http.route': route, 'authly.request_id': requestId };
      const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parentOf(traceparent));
      try {
        const status = await current.run(trace.setSpan(ROOT_CONTEXT, span), work);
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },

    step(name, seconds, outcome = 'success') {
      const context = current.getStore();
      if (context === undefined) return;
      const end = Date.now();
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: end - seconds * 1000 }, context);
      if (outcome === 'error') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(end);
    },

    close: () => provider.shutdown(),
  };
}

function parentOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}

function headersOf(pairs: string | undefined): Record<string, string> {
  const entries = (pairs ?? '').split(',').map((pair) => pair.trim());
  return Object.fromEntries(
    entries
      .filter((pair) => pair.includes('='))
      .map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      }),
  );
}
