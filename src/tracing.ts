import type { Logger } from 'pino';
import { Failure } from './domain/failure.js';
import { followSpans, type Span } from './domain/span.js';
import { HttpFault } from './net/http-fault.js';

/** Where traces go, as OpenTelemetry's own variables say (OTLP Exporter Configuration): there is no other setting. */
const endpointNames = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/**
 * Sends what is done as OpenTelemetry traces, over OTLP/HTTP, where OTEL_EXPORTER_OTLP_ENDPOINT names a receiver. The packages are loaded only
 * then. Headers, sampling, resource attributes and the size of batches are what its own variables say.
 * @returns undefined when there is nowhere to send them
 */
export async function startTracing(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
  log: Logger,
): Promise<{ stop: () => Promise<void> } | undefined> {
  const off = env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none';
  if (off || !endpointNames.some((name) => env[name])) return undefined;
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes, detectResources, envDetector }] = await Promise.all(
    [
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ],
  );
  const { context, diag, DiagLogLevel, propagation, SpanKind, SpanStatusCode, trace, ROOT_CONTEXT } = api;
  const said = (message: string) => log.warn({ reason: message }, 'traces could not be sent');
  const quiet = () => {};
  diag.setLogger(
    { error: said, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  const resource = resourceFromAttributes({ 'service.name': 'reelway', 'service.version': version }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  const provider = new sdk.NodeTracerProvider({
    resource,
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = trace.getTracer('reelway', version);
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, job: SpanKind.CONSUMER, step: SpanKind.INTERNAL };

  async function run<T>({ name, kind, facts, parent }: Span, work: () => Promise<T>): Promise<T> {
    const within = parent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
    const span = tracer.startSpan(name, { kind: kinds[kind] }, within);
    try {
      return await context.with(trace.setSpan(within, span), work);
    } catch (error) {
      span.setAttribute('error.type', errorType(error));
      // What was unexpected may hold anything in its words, which are for the log.
      span.setStatus({ code: SpanStatusCode.ERROR, ...(error instanceof Failure && { message: error.message }) });
      throw error;
    } finally {
      span.setAttributes(facts);
      if (Number(facts['http.response.status_code']) >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
  }

  followSpans({
    run,
    current() {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent;
    },
  });
  return {
    async stop() {
      followSpans(undefined);
      await provider.shutdown().catch((error: unknown) => said(String(error)));
      trace.disable();
      context.disable();
      propagation.disable();
      diag.disable();
    },
  };
}

/** The stable code of a failure, else what kind of error it was. */
function errorType(error: unknown): string {
  if (error instanceof Failure) return error.code;
  if (error instanceof HttpFault) return error.kind;
  return error instanceof Error ? error.name : 'unknown';
}
