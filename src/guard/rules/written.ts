import type { CompiledStatement } from "../../model/desired.ts";
import { canonicalText } from "../../model/digest.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Statement, StringOrList } from "../../model/policy-document.ts";
import { toList } from "../../iam/text.ts";
import { matchesPattern } from "../../iam/wildcard.ts";
import type { Breach } from "./rule.ts";

/** Written by a person in IAM's own words, not expanded from a grant. */
export function isWrittenByPeople({ source }: CompiledStatement): boolean {
  return source.kind === "statement";
}

export function listed(element: StringOrList | undefined): readonly string[] {
  return element === undefined ? [] : toList(element);
}

/** `*`, `s3:*`, `s3*:Get`: an action that stands for a whole service or more. */
export function isWholeService(action: string): boolean {
  const at = action.indexOf(":");
  if (at === -1 || /[*?]/.test(action.slice(0, at))) return /[*?]/.test(action);
  return matchesPattern("*", action) && /^[*?]*\*[*?]*$/.test(action.slice(at + 1));
}

function statementText(statement: Statement): string {
  return canonicalText(statement as unknown as JsonObject);
}

export function breachOf(
  rule: string,
  { statement, origin }: Pick<CompiledStatement, "statement" | "origin">,
  said: { readonly why: string; readonly mend: string },
): Breach {
  return { rule, severity: "full", origin, evidence: statementText(statement), ...said };
}

/** `a, b and 3 more`: for a sentence. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
