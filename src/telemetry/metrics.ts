import type { MetricObjectWithValues, MetricValue } from "prom-client";
// Each class by its file: the entrance of the package loads a push gateway, a cluster and OpenTelemetry, which is a
// twentieth of the time from the start to ready.
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";
import { METRICS } from "../controller/ports/metrics.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";

export interface OpenMetrics extends Pick<Telemetry, "count" | "gauge" | "observe" | "forget"> {
  /** The text of /metrics. */
  readonly text: () => Promise<string>;
  /** Every metric with its values. */
  readonly values: () => Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;
}

/** Creates every metric in a registry of its own. */
export function openMetrics(): OpenMetrics {
  const registry = new Registry();
  const options = (name: string, { help, labels }: MetricShape) => ({
    name: `grantkeeper_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  const counters = byName(METRICS.counter, (name, shape) => new Counter(options(name, shape)));
  const gauges = byName(METRICS.gauge, (name, shape) => new LabelledGauge(new Gauge(options(name, shape))));
  const histograms = byName(
    METRICS.histogram,
    (name, shape) => new Histogram({ ...options(name, shape), buckets: [...shape.buckets] }),
  );
  return {
    count: (metric, labels = {}, by = 1) => counters(metric).inc(labels, by),
    gauge: (metric, value, labels = {}) => gauges(metric).set(labels, value),
    forget: (label, value) => {
      for (const metric of Object.keys(METRICS.gauge)) gauges(metric).forget(label, value);
    },
    observe: (metric, value, labels = {}) => histograms(metric).observe(labels, value),
    text: () => registry.metrics(),
    values: () => registry.getMetricsAsJSON(),
  };
}

/** A gauge that knows its label values, so that those of one label can be removed. */
class LabelledGauge {
  readonly #gauge: Gauge;
  readonly #labels = new Map<string, Labels>();

  constructor(gauge: Gauge) {
    this.#gauge = gauge;
    // A gauge without labels would be 0 before it is measured, which may be an alarm.
    gauge.remove({});
  }

  set(labels: Labels, value: number): void {
    this.#labels.set(JSON.stringify(labels), labels);
    this.#gauge.set(labels, value);
  }

  forget(label: string, value: string): void {
    for (const [text, labels] of this.#labels) {
      if (labels[label] !== value) continue;
      this.#labels.delete(text);
      this.#gauge.remove(labels);
    }
  }
}

type Labels = Readonly<Record<string, string>>;

interface MetricShape {
  readonly help: string;
  readonly labels: readonly string[];
}

function byName<Shape, Metric>(
  shapes: Readonly<Record<string, Shape>>,
  make: (name: string, shape: Shape) => Metric,
): (name: string) => Metric {
  const metrics = new Map(Object.entries(shapes).map(([name, shape]) => [name, make(name, shape)]));
  return (name) => {
    const metric = metrics.get(name);
    if (metric === undefined) throw new Error(`unknown metric "${name}"`);
    return metric;
  };
}
