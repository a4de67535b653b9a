import { revertedText } from "../../wording/reverted-text.ts";
import { windowLine } from "../../wording/reverted-window.ts";
import type { RevertStatus } from "../../api/overview.ts";
import { addressOf, targetText } from "../../model/keys/key.ts";
import type { StatusContext } from "./action-items.ts";
import { ago } from "../../wording/time.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

const SHOWN = 3;

/** What Grantkeeper reverted in the last 24 hours; what was dangerous first, then the newest. */
export function revertLines(reverts: readonly RevertStatus[], context: StatusContext): readonly ScreenLine[] {
  const grave = reverts.filter(({ risks }) => risks.length > 0);
  const sorted = [...grave, ...reverts.filter(({ risks }) => risks.length === 0)];
  const rest = sorted.length - SHOWN;
  return [
    revertedText(reverts),
    ...sorted.slice(0, SHOWN).flatMap((revert) => linesOf(revert, context)),
    ...(rest > 0 ? [`${rest} more`, ...labelledLines("hint", "grantkeeper history", { indent: "  " })] : []),
  ];
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
