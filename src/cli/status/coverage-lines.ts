import type { OverviewObject } from "../../api/overview.ts";
import { counted } from "../../text/phrases.ts";

type Covered = Pick<OverviewObject["status"], "coverage" | "accounts" | "replicas">;

/**
 * Nothing while every live function has a manifest or is excluded. An excluded one has no manifest either. The accounts whose coverage
 * is not known are for those who see the replicas.
 */
export function coverageLines({ coverage, accounts, replicas }: Covered): readonly string[] {
  const assigned = replicas === undefined ? 0 : accounts.filter((one) => one.assigned === true).length;
  const unknown = assigned === 0 ? [] : [`unknown for ${counted(assigned, "account")} of other replicas`];
  const texts = [...uncoveredTexts(coverage), ...unknown];
  return texts.length === 0 ? [] : ["", `Coverage: ${texts.join("; ")} (grantkeeper get coverage)`];
}

function uncoveredTexts(counts: Covered["coverage"]): readonly string[] {
  if (counts === undefined || counts.uncovered === 0) return [];
  const live = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const verb = counts.uncovered === 1 ? "is" : "are";
  return [`${counts.uncovered} of ${counted(live, "function")} in AWS ${verb} uncovered`];
}
