/** A piece of work that operators may want to follow from its begin to its end, and what it was part of. */
export interface Span {
  readonly name: string;
  /** `server`: a request that we answer; `client`: one that we make; `job` and `step`: of the engine */
  readonly kind: 'server' | 'client' | 'job' | 'step';
  /** Names of OpenTelemetry's semantic conventions where it has one. More may be added until the work ends; never a secret. */
  readonly facts: Record<string, string | number>;
  /** What it is part of, where that is not what called it: another process's `traceparent` (W3C Trace Context 3.2). */
  readonly parent?: string | undefined;
}

/** Follows spans; what it throws itself would be taken for the work's failure. */
export interface SpanFollower {
  run<T>(span: Span, work: () => Promise<T>): Promise<T>;
  /** The `traceparent` of the span that calls. */
  current(): string | undefined;
}

let follower: SpanFollower | undefined;

/** Has all spans of this process followed, or (undefined) none: without, a span costs a call. */
export function followSpans(given: SpanFollower | undefined): void {
  follower = given;
}

/** Does the work as a span, inside the one that calls. */
export function inSpan<T>(span: Span, work: (facts: Span['facts']) => Promise<T>): Promise<T> {
  return follower ? follower.run(span, () => work(span.facts)) : work(span.facts);
}

/** What to hand on with work that is done later or elsewhere, to be the `parent` of its span. */
export function currentTrace(): string | undefined {
  return follower?.current();
}
