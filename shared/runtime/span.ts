/** Where a span stands: what a child of it, in whatever process, has to know. */
export type SpanPlace = { readonly traceId: string; readonly spanId: string; readonly sampled: boolean };

/** Ids, codes, counts and times; never what a person or an agent wrote. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** One span that is open. */
export type Span = {
  readonly place: SpanPlace;
  set(attributes: Attributes): void;
  /** @param failure a code or sentence, where it went wrong. @param at epoch milliseconds, now if not given. */
  end(failure?: string, at?: number): void;
};

export type SpanStart = {
  /** The span that it belongs to. */
  readonly parent?: SpanPlace;
  /** The first span of a trace has a place that every process can derive. */
  readonly first?: SpanPlace;
  /** Epoch milliseconds; now if not given. */
  readonly at?: number;
  readonly attributes: Attributes;
};

/** What makes and exports spans; see tracing-otlp.ts. */
export type Tracer = {
  start(name: string, start: SpanStart): Span;
  /** Exports what is left, for a second at most. */
  stop(): Promise<void>;
};

export type TracingSettings = {
  /** Of the collector, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly instance: string;
};
