import type { ActionData } from "../action-data.ts";
import type { UncheckedDocument } from "./grammar/unchecked.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { unknownKey } from "./names.ts";
import type { CheckedStatement, LocatedString } from "./statement.ts";

/** Stand for themselves: `${*}`, `${?}`, `${$}`. */
const CHARACTERS: ReadonlySet<string> = new Set(["*", "?", "$"]);

/**
 * Policy variables that are not closed, or that no request has a value for: what holds one matches nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function brokenVariables(
  { value }: UncheckedDocument,
  statements: readonly CheckedStatement[],
  data: ActionData,
): readonly Flaw[] {
  if (value["Version"] !== "2012-10-17") return [];
  return statements
    .flatMap(({ resources, tests }) => [...resources, ...tests.flatMap(({ values }) => values)])
    .filter(({ text }) => text.includes("${"))
    .flatMap((value) => variableFlaws(value, data));
}

function variableFlaws({ text, steps }: LocatedString, data: ActionData): readonly Flaw[] {
  return text
    .split("${")
    .slice(1)
    .flatMap((after) => {
      const end = after.indexOf("}");
      if (end === -1) {
        const reason = `a variable of "${text}" is not closed`;
        return [flaw({ rule: "GRM-002", severity: "warning", steps, reason, fix: 'close it with "}"' })];
      }
      const [name = ""] = after.slice(0, end).split(",");
      if (CHARACTERS.has(name)) return [];
      const unknown = unknownKey(name.trim(), null, data);
      if (unknown === undefined && name.includes(":")) return [];
      const reason = `no request has a value for the variable \${${name}}`;
      const fix = unknown?.fix ?? "name a condition key, such as ${aws:PrincipalTag/team}";
      return [flaw({ rule: "ACT-003", severity: "error", steps, reason, fix })];
    });
}
