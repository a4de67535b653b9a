import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { METRICS, openTelemetry, redact } from "../../src/telemetry.ts";

function open(): { lines: string[]; opened: ReturnType<typeof openTelemetry> } {
  const lines: string[] = [];
  return {
    lines,
    opened: openTelemetry({ level: "info", destination: { write: (line) => void lines.push(line) } }),
  };
}

describe("redaction at the sink", () => {
  test.each([
    { text: "https://user:s3cret@git.example.com/p.git", gone: "s3cret", because: "a password in a URL" },
    { text: "Authorization: Bearer abc.def", gone: "abc.def", because: "a bearer token" },
    { text: 'authorization="Basic dXNlcjpwdw=="', gone: "dXNlcjpwdw", because: "a basic credential" },
    { text: "key AKIAABCDEFGHIJKLMNOP was used", gone: "AKIAABCDEFGHIJKLMNOP", because: "an access key id" },
    { text: "glpat-abcdefghijklmnopqrst", gone: "abcdefghijklmnopqrst", because: "a forge's token" },
  ])("cuts out $because", ({ text, gone }) => {
    expect(redact(text)).not.toContain(gone);
    expect(redact(text)).toContain("[redacted]");
  });

  test("leaves ordinary text as it is", () => {
    const text = "iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1 in 111122223333";

    expect(redact(text)).toBe(text);
  });

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
    const src = join(import.meta.dirname, "../../src");
    const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && file !== "telemetry.ts",
    );
    const code = files.map((file) => readFileSync(join(src, file), "utf8")).join("\n");
    const names = Object.values(METRICS).flatMap((metrics) => Object.keys(metrics));

    expect(names.filter((name) => !code.includes(`("${name}"`))).toEqual([]);
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

  test("that nobody declared are a bug, not a new series", () => {
    const { opened } = open();

    expect(() => opened.telemetry.count("wrties_total")).toThrow(/unknown metric/);
  });
});
