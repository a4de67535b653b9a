import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { METRICS } from "../../../src/controller/ports/metrics.ts";
import { openTelemetry } from "../../../src/telemetry/telemetry.ts";

function open(): { lines: string[]; opened: ReturnType<typeof openTelemetry> } {
  const lines: string[] = [];
  return {
    lines,
    opened: openTelemetry({ level: "info", destination: { write: (line) => void lines.push(line) } }),
  };
}

describe("redaction at the sink", () => {
  test("reaches every field of a line", () => {
    const { lines, opened } = open();

    opened.telemetry.warn("source failed", {
      reason: "https://u:pw1234@h/x",
      list: ["https://u:pw1234@h/y"],
      count: 1,
    });

    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("pw1234");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", message: "source failed", count: 1 });
  });
});

describe("metrics", () => {
  test("are all measured somewhere", () => {
    const src = join(import.meta.dirname, "../../../src");
    const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && file !== "controller/ports/metrics.ts",
    );
    const code = files.map((file) => readFileSync(join(src, file), "utf8")).join("\n");
    const names = Object.values(METRICS).flatMap((metrics) => Object.keys(metrics));

    expect(names.filter((name) => !code.includes(`("${name}"`))).toEqual([]);
  });

  test("that were not measured yet are not shown as 0", async () => {
    const { opened } = open();
    const before = await opened.metrics();
    opened.telemetry.gauge("base_credentials_renewed", 0);

    expect(before).not.toMatch(/^grantkeeper_\w+ 0$/m);
    expect(await opened.metrics()).toMatch(/^grantkeeper_base_credentials_renewed 0$/m);
  });

  test("of an account that left end, and those of other accounts stay", async () => {
    const { opened } = open();
    for (const account of ["prod", "old"]) {
      opened.telemetry.gauge("bindings", 7, { account, state: "synced" });
      opened.telemetry.gauge("orphans", 1, { account });
    }
    opened.telemetry.gauge("suspensions", 2);

    opened.telemetry.forget("account", "old");

    const text = await opened.metrics();
    expect(text).not.toContain('"old"');
    expect(text).toContain('grantkeeper_bindings{account="prod",state="synced"} 7');
    expect(text).toContain("grantkeeper_suspensions 2");
  });

  test("carry the prefix and their labels", async () => {
    const { opened } = open();

    opened.telemetry.count("writes_total", {
      account: "prod",
      call: "iam:PutRolePolicy",
      outcome: "applied",
    });
    opened.telemetry.gauge("bindings", 7, { account: "prod", state: "synced" });
    opened.telemetry.observe("pass_duration_seconds", 0.2, { account: "prod", scope: "all" });

    const text = await opened.metrics();
    expect(text).toContain(
      'grantkeeper_writes_total{account="prod",call="iam:PutRolePolicy",outcome="applied"} 1',
    );
    expect(text).toContain('grantkeeper_bindings{account="prod",state="synced"} 7');
    expect(text).toContain('grantkeeper_pass_duration_seconds_count{account="prod",scope="all"} 1');
  });

  test("that are not declared are a bug, not a new series", () => {
    const { opened } = open();

    // @ts-expect-error The compiler rejects a name that is not in the list.
    expect(() => opened.telemetry.count("wrties_total")).toThrow(/unknown metric/);
  });
});
