import { matchesPattern } from "../../iam/match/wildcard.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";
import { LONGEST_EXCLUSION_MS, type DesiredExclusion } from "../../model/desired.ts";

/** A live function that no manifest names. */
export interface UndeclaredFunction {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly name: string;
  readonly edge: boolean;
}

export interface ExclusionsAt {
  readonly exclusions: readonly DesiredExclusion[];
  readonly nowMs: number;
}

export type UndeclaredState =
  | { readonly state: "excluded"; readonly reason: string }
  | { readonly state: "uncovered"; readonly reason: string | null };

/** By the Exclusion that names it and is in force; without one, the reason is the Exclusion that ended last. */
export function undeclaredState(
  found: UndeclaredFunction,
  { exclusions, nowMs }: ExclusionsAt,
): UndeclaredState {
  if (found.edge) return { state: "excluded", reason: "Lambda@Edge is not supported" };
  const naming = exclusions
    .filter((exclusion) => names(exclusion, found))
    .map((exclusion) => ({ ...exclusion, leftMs: Date.parse(exclusion.until) - nowMs }))
    .toSorted((left, right) => right.leftMs - left.leftMs);
  const inForce = naming.find(({ leftMs }) => leftMs > 0 && leftMs <= LONGEST_EXCLUSION_MS);
  if (inForce !== undefined) {
    const { name, reason, owner, until } = inForce;
    return { state: "excluded", reason: `${reason} (Exclusion ${name}, owner ${owner}, until ${until})` };
  }
  const [last] = naming;
  if (last === undefined) return { state: "uncovered", reason: null };
  const { name, until, leftMs } = last;
  const why = leftMs > 0 ? `is for more than a year: until ${until}` : `ended on ${until}`;
  return { state: "uncovered", reason: `Exclusion ${name} ${why}` };
}

function names(
  { functions, accounts, regions }: DesiredExclusion,
  { accountId, region, name }: UndeclaredFunction,
): boolean {
  if (accounts !== null && !accounts.includes(accountId)) return false;
  if (regions !== null && !regions.includes(region)) return false;
  return functions.some((pattern) => matchesPattern(pattern, name));
}
