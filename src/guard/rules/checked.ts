import type { CompiledStatement, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { GuardContext } from "../context.ts";
import { deadInRole, doubtful } from "../role-check.ts";
import type { CheckedPart } from "../role-checks.ts";
import type { Breach, Rule } from "./rule.ts";
import { breachOf } from "./written.ts";

/** A rule of `policy check`, of the statements that people write in IAM's own words: the catalogue's are tested. */
export function checkedWritten(rule: string): Pick<Rule, "judgeBinding" | "judgePolicy"> {
  const breaches = (parts: readonly CheckedPart[]): readonly Breach[] =>
    parts
      .filter((part) => part.rule === rule)
      .map(({ compiled, reason, fix, severity }) => ({
        ...breachOf(rule, compiled, { why: reason, fix: fix ?? "name the actions that the code calls" }),
        severity: severity === "error" ? "full" : "warn",
      }));
  return {
    judgeBinding: ({ role }: DesiredBinding, context: GuardContext) =>
      breaches(doubtful(role.inline, context)),
    judgePolicy: ({ use, document }: DesiredPolicy, context: GuardContext) =>
      use === "boundary" ? [] : breaches(doubtful(document, context)),
  };
}

/**
 * BND-002: what the boundary leaves out takes no effect, whatever git says. Only warned of where a part of a statement
 * is left out, and where nobody wrote it: the code's own logs.
 */
export function outsideBoundary(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  const fix = "take it out, or have the boundary's owner allow it";
  return deadInRole(binding, context)
    .filter(({ rule }) => rule === "BND-002")
    .map(({ compiled, reason, isWhole }) => ({
      ...breachOf("BND-002", compiled, { why: inWords(reason, compiled), fix }),
      severity: isWhole && compiled.source.kind !== "implicit" ? "full" : "warn",
    }));
}

/** DEN-001: what a Deny of the same role takes back again. */
export function deniedAgain(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return deadInRole(binding, context)
    .filter(({ rule }) => rule === "DEN-001")
    .map(({ compiled, reason }) =>
      breachOf("DEN-001", compiled, {
        why: inWords(reason, compiled),
        fix: "take out the one or the other",
      }),
    );
}

/** People know what they wrote: a grant, or nothing at all of their own logs. */
function inWords(reason: string, { source }: CompiledStatement): string {
  if (source.kind === "statement") return reason;
  const what =
    source.kind === "grant" ? `${source.grant} ${source.verb}` : `what it has for its own ${source.grant}`;
  return reason.replace(/^this statement/, what);
}
