import { createHash } from 'node:crypto';
import type { Env } from '../config/read-env.ts';
import { SurfacesError } from '../errors/surfaces-error.ts';
import type { Log } from './log.ts';
import type { Attributes, Span, SpanPlace, SpanStart, Tracer } from './span.ts';
import { atPlace, currentPlace } from './work.ts';

/** What a process has to know for it. */
export const TRACING_VARIABLES = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_SAMPLER_ARG',
] as const;

/** While there is none, everything below returns at once. Nothing of OpenTelemetry is loaded then. */
let tracer: Tracer | undefined;
/** From 0 to 1. */
let keptShare = 1;

/** Starts it where a collector is named. @returns what stops it. */
export async function startTracing(
  env: Env<(typeof TRACING_VARIABLES)[number]>,
  process: { readonly role: string; readonly instance: string },
  log: Log,
): Promise<() => Promise<void>> {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === '') return async () => {};
  const { otlpTracer } = await import('./tracing-otlp.ts');
  const started = otlpTracer(
    {
      endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: env.OTEL_EXPORTER_OTLP_HEADERS,
      service: env.OTEL_SERVICE_NAME || `surfaces-${process.role}`,
      instance: process.instance,
    },
    log,
  );
  tracer = started;
  keptShare = env.OTEL_TRACES_SAMPLER_ARG;
  return async () => {
    tracer = undefined;
    await started.stop();
  };
}

/**
 * The first span of the trace of one event. Both ids are hashes of the event's id: a worker that takes the event up, the
 * first or a successor, continues the same trace without anything that would have to be stored, or carried by a wake that
 * may get lost. Whether it is kept follows from the trace's id, so all processes of one ratio agree.
 * @returns undefined while tracing is off.
 */
export function placeOfEvent(event: string): SpanPlace | undefined {
  if (!tracer) return undefined;
  const hash = createHash('sha256').update(event).digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48), sampled: isKept(hash) };
}

/** 52 bits are as many as a number holds exactly. */
function isKept(traceId: string): boolean {
  return Number.parseInt(traceId.slice(0, 13), 16) < keptShare * 2 ** 52;
}

/** The current place as W3C Trace Context writes it (Level 1, section 3.2); undefined while tracing is off. */
export function traceparent(): string | undefined {
  const place = tracer && currentPlace();
  return place && `00-${place.traceId}-${place.spanId}-${place.sampled ? '01' : '00'}`;
}

/** @returns undefined for what is no traceparent, and while tracing is off. */
export function placeOfTraceparent(text: string | undefined): SpanPlace | undefined {
  const [, traceId, spanId, flags] = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(text ?? '') ?? [];
  if (!tracer || !traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

/** Opens a span below the current place, or below `parent`; undefined where there is none, and while tracing is off. */
export function openSpan(name: string, attributes: Attributes, options: Omit<SpanStart, 'attributes'> = {}) {
  if (!tracer) return undefined;
  const parent = options.parent ?? currentPlace();
  if (!parent && !options.first) return undefined;
  return tracer.start(name, { attributes, ...options, ...(parent && !options.first && { parent }) });
}

/** A span of what is over. Times are epoch milliseconds. */
export function recordSpan(
  name: string,
  attributes: Attributes,
  { from, to, ...place }: { readonly from: number; readonly to: number } & Pick<SpanStart, 'parent' | 'first'>,
): void {
  openSpan(name, attributes, { ...place, at: from })?.end(undefined, to);
}

/** Runs something as a span below the current place; what it throws is the span's outcome. */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  run: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const span = openSpan(name, attributes);
  if (!span) return run(undefined);
  try {
    const value = await atPlace(span.place, () => run(span));
    span.end();
    return value;
  } catch (error) {
    const known = error instanceof SurfacesError;
    span.set({ outcome: known ? error.code : error instanceof Error ? error.name : 'unknown' });
    // Anything else that is thrown may be how work is put back, or left to a successor.
    span.end(known ? error.code : undefined);
    throw error;
  }
}
