import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { keyValues, nanoseconds } from "./json.ts";

type Values = readonly MetricValue<string>[];

interface Times {
  readonly startedMs: number;
  readonly nowMs: number;
}

const CUMULATIVE = 2;

/**
 * The metrics of the registry in OTLP's JSON. A collector that writes them to Prometheus makes the same names of them
 * again: `grantkeeper.passes` is `grantkeeper_passes_total`, `grantkeeper.pass_duration` in `s` is
 * `grantkeeper_pass_duration_seconds`.
 */
export function metricsJson(
  metrics: readonly MetricObjectWithValues<MetricValue<string>>[],
  times: Times,
): readonly object[] {
  return metrics
    .filter(({ values }) => values.length > 0)
    .map(({ name, help, type, values }) => ({
      ...nameAndUnit(name),
      description: help,
      ...dataOf(String(type), values, times),
    }));
}

/** Units are those of UCUM. */
function nameAndUnit(full: string): { readonly name: string; readonly unit: string } {
  const name = full.replace(/^grantkeeper_/, "grantkeeper.").replace(/_total$/, "");
  if (name.endsWith("_seconds")) return { name: name.slice(0, -"_seconds".length), unit: "s" };
  if (name.endsWith("_bytes")) return { name: name.slice(0, -"_bytes".length), unit: "By" };
  return { name, unit: "" };
}

function dataOf(type: string, values: Values, times: Times): object {
  if (type === "gauge") return { gauge: { dataPoints: values.map((value) => point(value, times)) } };
  const kind = { aggregationTemporality: CUMULATIVE };
  if (type === "counter")
    return { sum: { ...kind, isMonotonic: true, dataPoints: values.map((value) => point(value, times)) } };
  return { histogram: { ...kind, dataPoints: histogramPoints(values, times) } };
}

function point({ labels, value }: MetricValue<string>, times: Times): object {
  return { ...frame(labels, times), asDouble: value };
}

function frame(labels: MetricValue<string>["labels"], { startedMs, nowMs }: Times): object {
  const texts = Object.entries(labels).map(([name, value]) => [name, String(value)] as const);
  return {
    attributes: keyValues(Object.fromEntries(texts)),
    startTimeUnixNano: nanoseconds(startedMs),
    timeUnixNano: nanoseconds(nowMs),
  };
}

/** Prometheus counts in each bucket what is in the smaller ones too; OTLP does not. */
function histogramPoints(values: Values, times: Times): readonly object[] {
  const series = Map.groupBy(values, ({ labels }) => JSON.stringify(withoutBound(labels)));
  return [...series.values()].map((all) => {
    const buckets = all.filter(({ labels }) => "le" in labels);
    const counts = buckets.map(({ value }, at) => value - (buckets[at - 1]?.value ?? 0));
    const [first] = all;
    const labels = withoutBound(first?.labels ?? {});
    const named = (suffix: string): number =>
      all.find((value) => "metricName" in value && String(value.metricName).endsWith(suffix))?.value ?? 0;
    return {
      ...frame(labels, times),
      count: String(named("_count")),
      sum: named("_sum"),
      bucketCounts: counts.map(String),
      explicitBounds: buckets.map(({ labels: { le } }) => Number(le)).filter(Number.isFinite),
    };
  });
}

function withoutBound(labels: MetricValue<string>["labels"]): MetricValue<string>["labels"] {
  const { le: _, ...others } = labels;
  return others;
}
