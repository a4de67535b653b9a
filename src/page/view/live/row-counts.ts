import { boundText } from "../../../wording/words.ts";
import { counted } from "../../../text/phrases.ts";
import type { BindingRow } from "../rows.ts";

/** A row is a binding of a function or a policy in an account. The accounts above the list count bindings only. */
export interface RowCounts {
  readonly bindings: number;
  readonly policies: number;
}

export function countsOf(rows: readonly Pick<BindingRow, "kind">[]): RowCounts {
  const policies = rows.reduce((sum, { kind }) => sum + (kind === "policy" ? 1 : 0), 0);
  return { bindings: rows.length - policies, policies };
}

/** `20 bindings, 6 policies` */
export function countsText({ bindings, policies }: RowCounts): string {
  return boundText(bindings, policies);
}

/** On a filter of states: `2`, and `2 + 1 policy`, since the accounts above the list count bindings only. */
export function facetText({ bindings, policies }: RowCounts): string {
  return policies === 0 ? String(bindings) : `${bindings} + ${counted(policies, "policy", "policies")}`;
}

/** `3 of 20 bindings, 0 of 6 policies` */
export function partText(part: RowCounts, all: RowCounts): string {
  const bindings = `${part.bindings} of ${counted(all.bindings, "binding")}`;
  const policies = `${part.policies} of ${counted(all.policies, "policy", "policies")}`;
  if (all.policies === 0) return bindings;
  return all.bindings === 0 ? policies : `${bindings}, ${policies}`;
}
