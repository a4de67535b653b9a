import type { CompiledStatement } from "../../../model/desired.ts";
import type { DesiredProfile } from "../../../model/rules/guardrail-profile.ts";
import { type Breach, breachOf } from "../breach.ts";
import { formatSpan } from "../../../model/values/duration.ts";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** What EXP-100 compares an end with. */
interface EndLimits {
  readonly nowMs: number;
  /** The profile with the shortest maximum; null: none has one. */
  readonly profile: Pick<DesiredProfile, "name" | "maxUntilMs"> | null;
}

/**
 * EXP-100: an end that would not take effect, or that is later than a profile allows, is a breach; access that has ended
 * is a warning.
 */
export function endsWrongly(
  statements: readonly CompiledStatement[],
  { nowMs, profile }: EndLimits,
): readonly Breach[] {
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
    if (endsMs > nowMs) return profile === null ? [] : endsTooLate(compiled, endsMs, { nowMs, profile });
    const breach = {
      why: `the access ended at ${until}`,
      fix: "remove the entry, or set a new until",
    };
    return [{ ...breachOf("EXP-100", compiled, breach), severity: "warn" as const }];
  });
}

const DAY_MS = 86_400_000;

function endsTooLate(
  compiled: CompiledStatement,
  endsMs: number,
  { nowMs, profile }: EndLimits & { readonly profile: NonNullable<EndLimits["profile"]> },
): readonly Breach[] {
  const latestMs = nowMs + Number(profile.maxUntilMs);
  if (endsMs <= latestMs) return [];
  // The last midnight within the limit, so that the text changes once a day.
  const midnightMs = Math.floor(latestMs / DAY_MS) * DAY_MS;
  const latest = new Date(midnightMs > nowMs ? midnightMs : latestMs).toISOString().replace(/\.\d+Z$/, "Z");
  const length = formatSpan(Number(profile.maxUntilMs));
  const why = `the access ends at ${compiled.until ?? ""}, and GuardrailProfile ${profile.name} allows at most ${length} from now`;
  const fix = `write until: ${latest}, or earlier`;
  const remedy = { kind: "end", until: latest } as const;
  return [{ ...breachOf("EXP-100", compiled, { why, fix }), remedy }];
}

function isEndedByAws({ statement }: CompiledStatement, endsMs: number): boolean {
  const tests = Object.entries(statement.Condition?.["DateLessThan"] ?? {});
  return tests.some(
    ([key, value]) =>
      key.toLowerCase() === "aws:currenttime" && typeof value === "string" && Date.parse(value) === endsMs,
  );
}
