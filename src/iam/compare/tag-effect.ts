import type { UnknownEffect } from "../../model/delta.ts";
import { Comparer } from "./comparer.ts";
import { comparableRows, type RolePermissions } from "./delta.ts";
import type { ComparableRow } from "./rows/comparable-row.ts";

/**
 * What a role's tag does, as far as it is known: the rows whose condition or resource reads it as
 * `aws:PrincipalTag/<key>`. Of policies of other resources that read it nothing is known. Keys ignore case.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function tagEffects(
  tag: string,
  permissions: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly UnknownEffect[] {
  const key = `aws:principaltag/${tag.toLowerCase()}`;
  return comparableRows(permissions, comparer)
    .filter((row) => readsKey(row, key))
    .map(({ permission }) => ({ kind: "role-tag", tag, row: permission }));
}

function readsKey({ permission: { condition }, conditions, resources }: ComparableRow, key: string): boolean {
  if (condition.kind === "unknown") return condition.text.toLowerCase().includes(key);
  if (conditions.some((test) => test.key === key)) return true;
  const texts = [...resources.values, ...conditions.flatMap((test) => test.values)];
  return texts.some((text) => readsVariable(text.toLowerCase(), key));
}

/** `${aws:PrincipalTag/team}`, or with a default: `${aws:PrincipalTag/team, 'all'}`. */
function readsVariable(text: string, key: string): boolean {
  return text
    .split("${")
    .slice(1)
    .some((rest) => /^([^,}]*)/.exec(rest)?.[1]?.trim() === key);
}
