import { type Attributes, ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  RandomIdGenerator,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { sleep } from '../time/time.ts';
import type { Log } from './log.ts';
import { counter } from './metrics.ts';
import type { Span, SpanPlace, SpanStart, Tracer, TracingSettings } from './span.ts';
import { VERSION } from './version.ts';
import { outsideWork } from './work.ts';

const spans = counter(
  'trace_spans_total',
  'spans: made, and of these ok or failed, by whether the collector took them',
  ['outcome'],
);

/** Between two exports; the SDK's own 5 s are long for somebody who looks for a turn that has just ended. */
const EXPORT_MS = 1_000;
/** Tries included. The next export waits for it, and what does not fit into the queue meanwhile is dropped. */
const EXPORT_TIMEOUT_MS = 2_000;
const STOP_MS = 1_000;

/** The one door to OpenTelemetry: spans over OTLP/HTTP with JSON. Loaded only where tracing is on. */
export function otlpTracer({ endpoint, headers, service, instance }: TracingSettings, log: Log): Tracer {
  const ids = new GivenIds();
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = tolerant(
    new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_TIMEOUT_MS }),
    log,
  );
  const provider = new TracerProvider({
    idGenerator: ids,
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': VERSION,
      'service.instance.id': instance,
    }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: EXPORT_MS, exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ],
  });
  const tracer = provider.getTracer('surfaces', VERSION);
  log.info({ endpoint: new URL(endpoint).origin, service }, 'traces are exported');

  return {
    start(name, { parent, first, at, attributes }: SpanStart): Span {
      if (first && !first.sampled) return silent(first);
      ids.next = first;
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT;
      const options = { attributes: attributes as Attributes, ...(at !== undefined && { startTime: at }) };
      const span = tracer.startSpan(name, options, context);
      ids.next = undefined;
      const { traceId, spanId, traceFlags } = span.spanContext();
      if (span.isRecording()) spans.inc({ outcome: 'made' });
      return {
        place: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
        set: (more) => void span.setAttributes(more as Attributes),
        end(failure, endedAt) {
          if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
          // The first one to end starts the export of all, which is nobody’s turn.
          outsideWork(() => span.end(endedAt));
        },
      };
    },
    async stop() {
      const over = provider.shutdown().catch(() => {});
      await Promise.race([over, sleep(STOP_MS)]);
    },
  };
}

/** Says that spans get lost once for each outage of the collector, counts them, and disturbs nobody. */
function tolerant(exporter: SpanExporter, log: Log): SpanExporter {
  let failing = false;
  return {
    export(batch, done) {
      exporter.export(batch, (result) => {
        const failed = result.error !== undefined || result.code !== 0;
        spans.inc({ outcome: failed ? 'failed' : 'ok' }, batch.length);
        if (failed && !failing) log.warn({ err: result.error }, 'spans get lost: the collector does not take them');
        if (!failed && failing) log.info('the collector takes spans again');
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** Random ids, save for the first span of a trace, whose place is given. */
class GivenIds implements IdGenerator {
  next: SpanPlace | undefined;
  readonly #random = new RandomIdGenerator();

  generateTraceId(): string {
    return this.next?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.next?.spanId ?? this.#random.generateSpanId();
  }
}

function contextOf({ traceId, spanId, sampled }: SpanPlace) {
  return { traceId, spanId, isRemote: true, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}

/** Of a trace that is not kept. */
function silent(place: SpanPlace): Span {
  return { place, set() {}, end() {} };
}
