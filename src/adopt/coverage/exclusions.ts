import { matchesPattern } from "../../iam/match/wildcard.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";
import type { DesiredExclusion } from "../../model/desired.ts";

export interface PlacedFunction {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly name: string;
}

/** The Exclusion that names a function: one in force, else the one that ended last. Null: none does. */
export function exclusionOf(
  exclusions: readonly DesiredExclusion[],
  place: PlacedFunction,
): DesiredExclusion | null {
  const naming = exclusions
    .filter((exclusion) => names(exclusion, place))
    .toSorted((left, right) => Date.parse(right.until) - Date.parse(left.until));
  return naming[0] ?? null;
}

function names(
  { functions, accounts, regions }: DesiredExclusion,
  { accountId, region, name }: PlacedFunction,
): boolean {
  if (accounts !== null && !accounts.includes(accountId)) return false;
  if (regions !== null && !regions.includes(region)) return false;
  return functions.some((pattern) => matchesPattern(pattern, name));
}
