import type { CounterName, GaugeName, HistogramName } from "./metrics.ts";

/** Constant text, typed fields; never a secret, never a policy body. */
export interface Telemetry {
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  debug(text: string, fields?: LogFields): void;
  /** Increments a counter; names are without the prefix `grantkeeper_`. */
  count(metric: CounterName, labels?: MetricLabels, by?: number): void;
  gauge(metric: GaugeName, value: number, labels?: MetricLabels): void;
  observe(metric: HistogramName, value: number, labels?: MetricLabels): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
type MetricLabels = Readonly<Record<string, string>>;
