import type { RevertStatus } from "../api/overview.ts";
import type { DriftRisk } from "../model/drift.ts";
import { counted } from "../text/phrases.ts";

type Risks = Pick<RevertStatus, "risks">;

/** What Grantkeeper reverted in the last 24 hours, in one sentence. @param reverts not empty */
export function revertedText(reverts: readonly Risks[]): string {
  return `Last 24 h: ${sumText(reverts)} reverted in AWS`;
}

function sumText(reverts: readonly Risks[]): string {
  const count = (risk: DriftRisk): number =>
    reverts.flatMap(({ risks }) => risks).filter((one) => one === risk).length;
  const others = reverts.filter(({ risks }) => risks.length === 0).length;
  const grave = [
    [count("escalation"), "escalation"],
    [count("exposure"), "exposure"],
  ] as const;
  const parts = grave.filter(([number]) => number > 0).map(([number, word]) => counted(number, word));
  if (others > 0) parts.push(counted(others, parts.length === 0 ? "change" : "other change"));
  return listText(parts);
}

function listText(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}
