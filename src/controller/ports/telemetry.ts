import type { CounterName, GaugeName, HistogramName } from "./metrics.ts";

/** Constant text, typed fields; never a secret, never a policy body. */
export interface Telemetry extends Tracer {
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  debug(text: string, fields?: LogFields): void;
  /** Increments a counter; names are without the prefix `grantkeeper_`. */
  count(metric: CounterName, labels?: MetricLabels, by?: number): void;
  gauge(metric: GaugeName, value: number, labels?: MetricLabels): void;
  observe(metric: HistogramName, value: number, labels?: MetricLabels): void;
  /** Removes the gauges with this label: a gauge of something that no longer exists would stay at its last value. */
  forget(label: string, value: string): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
type MetricLabels = Readonly<Record<string, string>>;

/** Values of attributes, as OpenTelemetry has them. Never a secret, a policy document or an environment variable. */
type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A step that is measured. Its parent is the step in whose `work` it starts. */
export interface SpanStart {
  /** Constant, or of few values: `pass`, `IAM.ListRoles`. */
  readonly name: string;
  readonly kind: "internal" | "client" | "server" | "producer";
  readonly attributes: SpanAttributes;
}

export interface Span {
  /** Adds attributes that are known only at the end. */
  set(attributes: SpanAttributes): void;
  /** The step failed, with a short code of the reason. A rejection of `work` fails it by itself. */
  fail(code: string): void;
}

export interface Tracer {
  /** Runs the step and returns its result; without `telemetry.otlp` it does nothing else. Never throws by itself. */
  trace<Result>(start: SpanStart, work: (span: Span) => Promise<Result>): Promise<Result>;
}

/** A stage of the step around it. */
export function stage(name: string): SpanStart {
  return { name, kind: "internal", attributes: {} };
}

const NO_SPAN: Span = { set: () => undefined, fail: () => undefined };

/** Runs the steps without measuring them. */
export const untraced: Tracer["trace"] = (_start, work) => work(NO_SPAN);
