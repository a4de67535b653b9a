import { windowLine } from "../../wording/reverted-window.ts";
import type { RevertStatus } from "../../api/overview.ts";
import type { DriftRisk } from "../../model/drift.ts";
import { addressOf, targetText } from "../../model/keys/key.ts";
import type { StatusContext } from "./action-items.ts";
import { ago } from "../../wording/time.ts";
import { counted } from "../../text/phrases.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

const SHOWN = 3;

/** What Grantkeeper reverted in the last 24 hours; what was dangerous first, then the newest. */
export function revertLines(reverts: readonly RevertStatus[], context: StatusContext): readonly ScreenLine[] {
  const grave = reverts.filter(({ risks }) => risks.length > 0);
  const sorted = [...grave, ...reverts.filter(({ risks }) => risks.length === 0)];
  const rest = sorted.length - SHOWN;
  return [
    `Last 24 h: ${sumText(reverts)} reverted in AWS`,
    ...sorted.slice(0, SHOWN).flatMap((revert) => linesOf(revert, context)),
    ...(rest > 0 ? [`${rest} more`, ...labelledLines("hint", "grantkeeper history", { indent: "  " })] : []),
  ];
}

function sumText(reverts: readonly RevertStatus[]): string {
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

function linesOf(
  revert: RevertStatus,
  { nowMs, accounts, layout: { width } }: StatusContext,
): readonly string[] {
  const { key, at, by, entry, changes } = revert;
  return [
    `${targetText(addressOf(key, accounts))}: ${ago(at, nowMs)}, by ${by}, entry ${entry}`,
    ...changeLines(changes, width),
    `  ${windowLine(revert, nowMs)}`,
  ];
}

/** Side by side if they fit, else a line each. */
function changeLines(changes: readonly string[], width: number): readonly string[] {
  const together = `  ${changes.join("  ")}`;
  return together.length <= width ? [together] : changes.map((change) => `  ${change}`);
}
