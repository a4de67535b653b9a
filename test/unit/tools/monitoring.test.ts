import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { METRICS } from "../../../src/controller/ports/metrics.ts";
import { FILE_METRICS } from "../../../src/workbench/suggest/metrics.ts";
import { dashboardErrors } from "../../support/deploy/grafana-types.ts";
import { labelsIn, problemsOf } from "../../support/telemetry/promql.ts";
import { HAS_PROMTOOL, promtool } from "../../support/telemetry/promtool.ts";

const DEPLOY = join(import.meta.dirname, "../../../deploy");
const RULES = join(DEPLOY, "prometheus/grantkeeper.rules.yml");
const TESTS = join(DEPLOY, "prometheus/grantkeeper.rules.test.yml");

/** What of the format of Prometheus these files use. */
const rulesFile = z.strictObject({
  groups: z.tuple([
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Grantkeeper[A-Za-z]+$/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ]),
});

const place = z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });
const datasource = z.strictObject({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });
const row = z.strictObject({
  id: z.int(),
  type: z.literal("row"),
  title: z.string(),
  collapsed: z.literal(false),
  panels: z.tuple([]),
  gridPos: place,
});
const panel = z.strictObject({
  id: z.int(),
  type: z.enum(["stat", "timeseries"]),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource,
  gridPos: place,
  targets: z
    .array(z.strictObject({ refId: z.string(), datasource, expr: z.string(), legendFormat: z.string() }))
    .min(1),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({
      unit: z.enum(["short", "s", "bytes", "reqps"]),
      min: z.literal(0),
      thresholds: z.strictObject({
        mode: z.literal("absolute"),
        steps: z.array(z.strictObject({ color: z.enum(["green", "red"]), value: z.number().nullable() })),
      }),
    }),
    overrides: z.tuple([]),
  }),
  options: z.strictObject({}),
});

/** The part of Grafana's dashboard JSON (schemaVersion 39) that the file uses: a field of another name would be ignored by Grafana. */
const dashboardFile = z.strictObject({
  uid: z.string().max(40),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.literal(39),
  version: z.int(),
  editable: z.boolean(),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  timezone: z.enum(["utc", "browser"]),
  templating: z.strictObject({
    list: z.array(
      z.looseObject({ name: z.string(), type: z.enum(["datasource", "query"]), query: z.string() }),
    ),
  }),
  annotations: z.strictObject({ list: z.tuple([]) }),
  panels: z.array(z.union([row, panel])),
});

const rules = rulesFile.parse(parse(readFileSync(RULES, "utf8"))).groups[0].rules;
const dashboard = dashboardFile.parse(
  JSON.parse(readFileSync(join(DEPLOY, "grafana/grantkeeper.json"), "utf8")),
);
const panels = dashboard.panels.filter((one) => one.type !== "row");
const queries = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
);

describe("a rule for an alert", () => {
  test.each(rules)("$alert names only metrics, labels and values that exist", ({ expr }) => {
    expect(problemsOf(expr)).toEqual([]);
  });

  test.each(rules)("$alert uses in its text only labels that its series have", ({ expr, annotations }) => {
    const text = Object.values(annotations).join("\n");
    const used = [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);

    expect(used.filter((label) => !labelsIn(expr).has(label))).toEqual([]);
  });

  test.each(rules)("$alert names its runbook", ({ alert, annotations }) => {
    expect(annotations.runbook).toBe(`grantkeeper runbook ${alert}`);
  });

  test("has a name of its own, and is tried with data that it fires on and data that it does not fire on", () => {
    const tried = parse(readFileSync(TESTS, "utf8")) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: readonly unknown[] }[] }[];
    };
    const all = tried.tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    const named = (fires: boolean) =>
      new Set(
        all.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname),
      );
    const names = rules.map(({ alert }) => alert);

    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !named(true).has(name))).toEqual([]);
    expect(names.filter((name) => !named(false).has(name))).toEqual([]);
  });
});

describe("a query of the dashboard", () => {
  test.each(queries)(
    "of $title names only metrics, labels and values that exist: $expr",
    ({ expr, legend }) => {
      const inLegend = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);

      expect(problemsOf(expr)).toEqual([]);
      expect(inLegend.filter((label) => !labelsIn(expr).has(label))).toEqual([]);
    },
  );

  test("of a variable too", () => {
    const { list } = dashboard.templating;
    const asked = list.flatMap(({ query }) => [...query.matchAll(/^label_values\((\w+), (\w+)\)$/g)]);
    const problems = asked.flatMap(([, metric = "", label = ""]) => problemsOf(`${metric}{${label}="x"}`));

    expect(problems).toEqual([]);
    expect(list.map(({ name }) => name)).toEqual(["datasource", "instance", "account"]);
  });
});

describe("the dashboard", () => {
  const file = JSON.parse(readFileSync(join(DEPLOY, "grafana/grantkeeper.json"), "utf8")) as typeof dashboard;

  test("has the type that Grafana publishes", () => {
    expect(dashboardErrors(file)).toEqual([]);
  });

  test.each([
    { because: "an unknown field", change: { panel: [] } },
    { because: "a value of another type", change: { refresh: 60 } },
    { because: "an unknown field of a panel", change: { panels: [{ ...file.panels[1], querys: [] }] } },
    {
      because: "a value that no enumeration has",
      change: { timezone: "utc", templating: { list: [{ name: "a", type: "question" }] } },
    },
  ])("with $because would be found", ({ change }) => {
    expect(dashboardErrors({ ...file, ...change })).not.toEqual([]);
  });
});

describe("the panels", () => {
  test("have numbers of their own and do not overlap", () => {
    const cells = dashboard.panels.flatMap(({ id, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => ({ id, cell: `${x + (at % w)},${y + Math.floor(at / w)}` })),
    );
    const outside = dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24);

    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(new Set(cells.map(({ cell }) => cell)).size).toBe(cells.length);
    expect(outside).toEqual([]);
  });
});

test("a metric that neither a rule nor the dashboard uses is one of those that need neither", () => {
  const used = [...rules.map(({ expr }) => expr), ...queries.map(({ expr }) => expr)].join("\n");
  const names = [...Object.values(METRICS), FILE_METRICS].flatMap((metrics) => Object.keys(metrics));
  const variables = dashboard.templating.list.map(({ query }) => query).join("\n");

  expect(names.filter((name) => !`${used}\n${variables}`.includes(`grantkeeper_${name}`))).toEqual(UNUSED);
});

/** The dashboard has their sum or their consequence. */
const UNUSED = [
  "push_messages_total",
  "change_messages_total",
  "policy_changes_without_event_total",
  "event_searches_total",
  "account_compared",
  "aws_request_rate",
  "aws_request_budget",
  "aws_requests_waiting",
  "aws_clock_offset_seconds",
  "aws_denied_calls",
  "accepted_revision_timestamp_seconds",
  "source_verified",
  "source_rolled_back",
  "change_queue_last_message_timestamp_seconds",
  "change_events_proven",
  "function_policies",
  "oldest_function_policy_timestamp_seconds",
  "account_set_accounts",
  "audit_record_intact",
  "alerts_waiting",
  "alerts_last_delivered_timestamp_seconds",
];

if (!HAS_PROMTOOL)
  process.stderr.write("skipped: promtool is not installed (Debian: apt-get install prometheus)\n");

(HAS_PROMTOOL ? describe : describe.skip)("promtool", () => {
  test("accepts the rules, and they alert as their tests expect", () => {
    expect(promtool("check", "rules", RULES)).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(promtool("test", "rules", TESTS)).toContain("SUCCESS");
  });

  test("parses every query of the dashboard", () => {
    const folder = mkdtempSync(join(tmpdir(), "gk-promql-"));
    const file = join(folder, "queries.yml");
    const recorded = queries.map(({ expr }, at) => ({
      record: `q:${at}`,
      expr: expr.replaceAll("$__rate_interval", "5m"),
    }));
    writeFileSync(file, stringify({ groups: [{ name: "queries", rules: recorded }] }));

    const answer = promtool("check", "rules", file);

    rmSync(folder, { recursive: true });
    expect(answer).toContain(`SUCCESS: ${queries.length} rules found`);
  });
});
