import type { CompiledStatement } from "../../model/desired.ts";
import type { Breach } from "./rule.ts";
import { breachOf } from "./written.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** EXP-100: an end date that would not take effect is a breach; access that has ended is a warning. */
export function endsWrongly(statements: readonly CompiledStatement[], nowMs: number): readonly Breach[] {
  return statements.flatMap((compiled) => {
    const { until } = compiled;
    if (until === null) return [];
    const endsMs = INSTANT.test(until) ? Date.parse(until) : NaN;
    if (Number.isNaN(endsMs)) {
      const why = `until "${until}" is not an instant with a time zone: AWS would not end the access`;
      return [breachOf("EXP-100", compiled, { why, fix: "write it as 2026-12-31T00:00:00Z" })];
    }
    if (!isEndedByAws(compiled, endsMs)) {
      const why = `the statement has no condition that ends it at ${until}`;
      return [breachOf("EXP-100", compiled, { why, fix: "DateLessThan aws:CurrentTime" })];
    }
    if (endsMs > nowMs) return [];
    const breach = {
      why: `the access ended at ${until}`,
      fix: "remove the entry, or set a new until",
    };
    return [{ ...breachOf("EXP-100", compiled, breach), severity: "warn" as const }];
  });
}

function isEndedByAws({ statement }: CompiledStatement, endsMs: number): boolean {
  const tests = Object.entries(statement.Condition?.["DateLessThan"] ?? {});
  return tests.some(
    ([key, value]) =>
      key.toLowerCase() === "aws:currenttime" && typeof value === "string" && Date.parse(value) === endsMs,
  );
}
