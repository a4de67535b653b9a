import type { CompiledStatement } from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { Statement, StringOrList } from "../../model/aws/policy-document.ts";
import { toList } from "../../text/json-values.ts";
import type { Breach } from "./rule.ts";

export function listed(element: StringOrList | undefined): readonly string[] {
  return element === undefined ? [] : toList(element);
}

/**
 * A rule with one answer for each statement, null for nearly every one. Lists of statements and callers without a list for
 * each member, as `flatMap` makes, are a fifteenth of judging.
 */
export function eachStatement(
  statements: readonly CompiledStatement[],
  judge: (compiled: CompiledStatement) => Breach | null,
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const compiled of statements) {
    const breach = judge(compiled);
    if (breach !== null) breaches.push(breach);
  }
  return breaches;
}

function statementText(statement: Statement): string {
  return canonicalText(statement as unknown as JsonObject);
}

export function breachOf(
  rule: string,
  { statement, origin }: Pick<CompiledStatement, "statement" | "origin">,
  text: { readonly why: string; readonly fix: string },
): Breach {
  return { rule, severity: "full", origin, evidence: statementText(statement), ...text };
}
