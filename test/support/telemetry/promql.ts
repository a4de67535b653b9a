import { FILE_METRICS } from "../../../src/workbench/suggest/metrics.ts";
import { METRICS } from "../../../src/controller/ports/metrics.ts";

/** A selector of an expression: a metric with its matchers. */
interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

const SELECTOR = /\b((?:grantkeeper_\w+|up)\b)(?:\{([^}]*)\})?/g;
const MATCHER = /(\w+)(=~|!~|!=|=)"([^"]*)"/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;

/** Labels that Prometheus adds when it reads the metrics; `le` is of the buckets of a histogram. */
const ADDED = ["job", "instance"];
const SUFFIXES = ["_bucket", "_sum", "_count"];

/** The values of the labels that have few; another value never occurs, so that a query for it shows nothing. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "passes_total outcome": ["done", "failed", "fault"],
  "writes_total outcome": ["applied", "failed", "not-made", "lost"],
  "source_fetches_total result": ["new", "same", "held", "failed"],
  "alerts_sent_total result": ["sent", "failed", "refused", "dropped"],
  "bindings state": ["synced", "drifted", "unknown", "not_compared"],
  "binding_verdicts state": ["held", "refused", "stricter"],
  "uncompared_bindings state": ["drifted", "held", "refused"],
  "functions where": ["aws", "git"],
  "revision_state state": ["in-force", "held", "failed"],
  "drift_found_total severity": ["security", "other"],
  "unused_permissions confidence": ["strong", "moderate", "weak"],
  "unused_permissions granularity": ["service", "action"],
};

/** What is wrong in an expression: metrics and labels that the controller does not have. */
export function problemsOf(expr: string): readonly string[] {
  const found = selectorsOf(expr);
  const known = new Set([...ADDED, ...found.flatMap(({ metric }) => labelsOf(metric) ?? [])]);
  return [
    ...(found.length === 0 ? [`no metric in: ${expr}`] : []),
    ...found.flatMap(problemsOfSelector),
    ...groupedLabels(expr)
      .filter((label) => !known.has(label))
      .map((label) => `${label}: no such label in: ${expr}`),
  ];
}

/** The labels of the series of an expression, at most. */
export function labelsIn(expr: string): ReadonlySet<string> {
  return new Set([...ADDED, ...selectorsOf(expr).flatMap(({ metric }) => labelsOf(metric) ?? [])]);
}

function selectorsOf(expr: string): readonly Selector[] {
  return [...expr.matchAll(SELECTOR)].map(([, metric = "", matchers = ""]) => ({
    metric,
    matchers: [...matchers.matchAll(MATCHER)].map(([, label = "", operator = "", value = ""]) => ({
      label,
      operator,
      value,
    })),
  }));
}

function groupedLabels(expr: string): readonly string[] {
  return [...expr.matchAll(GROUPING)]
    .flatMap(([, labels = ""]) => labels.split(",").map((one) => one.trim()))
    .filter(Boolean);
}

function problemsOfSelector({ metric, matchers }: Selector): readonly string[] {
  const labels = labelsOf(metric);
  if (labels === null) return [`${metric}: no such metric`];
  return matchers.flatMap(({ label, operator, value }) => {
    if (![...ADDED, ...labels].includes(label)) return [`${metric}: no label ${label}`];
    const values = VALUES[`${metric.replace("grantkeeper_", "")} ${label}`];
    if (values === undefined || value.startsWith("$")) return [];
    const alternatives = operator.endsWith("~") ? value.split("|") : [value];
    return alternatives
      .filter((one) => !values.includes(one))
      .map((one) => `${metric}: ${label} is never "${one}"`);
  });
}

/** null: there is no such metric. */
function labelsOf(metric: string): readonly string[] | null {
  if (metric === "up") return [];
  const name = metric.replace("grantkeeper_", "");
  for (const metrics of [METRICS.counter, METRICS.gauge, FILE_METRICS])
    if (Object.hasOwn(metrics, name)) return (metrics as Shapes)[name]?.labels ?? null;
  const suffix = SUFFIXES.find((one) => name.endsWith(one));
  if (suffix === undefined) return null;
  const histogram = (METRICS.histogram as Shapes)[name.slice(0, -suffix.length)];
  return histogram === undefined ? null : [...histogram.labels, ...(suffix === "_bucket" ? ["le"] : [])];
}

type Shapes = Readonly<Record<string, { readonly labels: readonly string[] } | undefined>>;
