import { hintTexts, reasonTexts } from "../../wording/pending-reasons.ts";
import type { PendingChange, SettingDifference } from "../../model/answers/permission-state.ts";
import { rowOf } from "../../plan/render/columns.ts";
import { rowBlock, textBlock, type Block } from "./state.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

export function pendingBlocks(pending: readonly PendingChange[], nowMs: number): readonly Block[] {
  return groupPendingBlocks([pending], nowMs);
}

/** For targets that differ only in their commands: every command is shown. */
export function groupPendingBlocks(
  targets: readonly (readonly PendingChange[])[],
  nowMs: number,
): readonly Block[] {
  const [pending] = targets;
  if (pending === undefined || pending.length === 0) return [textBlock("PENDING none")];
  const changes = pending.flatMap((change, at) => {
    const hints = targets.flatMap((other) => hintTexts(other[at] ?? change));
    const isFirstOutdated = change.isOutdated === true && pending[at - 1]?.isOutdated !== true;
    const blocks = changeBlocks(change, [...new Set(hints)], nowMs);
    return isFirstOutdated
      ? [textBlock("found by the last pass, before that revision:", "  "), ...blocks]
      : blocks;
  });
  return [textBlock(headOf(pending)), ...changes];
}

function headOf(pending: readonly PendingChange[]): string {
  const hasRows = pending.some(({ add, remove }) => add.lines.length + remove.lines.length > 0);
  const signs = new Set(pending.flatMap(({ settings }) => settings.map(signOf)));
  if (!hasRows && signs.size === 0) return "PENDING";
  return `PENDING changes to AWS (+ to add, - to remove${signs.has("~") ? ", ~ to change" : ""})`;
}

/** A change of a setting: from what AWS has to what is declared. */
function signOf({ live, declared }: SettingDifference): "+" | "-" | "~" {
  if (live === null) return "+";
  return declared === null ? "-" : "~";
}

function settingBlock(setting: SettingDifference): Block {
  const { what, live, declared } = setting;
  const on = [live, declared].filter((text) => text !== null).join(" → ");
  return rowBlock({ sign: signOf(setting), indent: "  ", cells: [what, on, ""], below: [] });
}

function changeBlocks(
  { reason, add, remove, settings, other }: PendingChange,
  hints: readonly string[],
  nowMs: number,
): readonly Block[] {
  const more = add.more + remove.more;
  return [
    ...reasonTexts(reason, nowMs).map((text) => textBlock(text, "  ")),
    ...add.lines.map((line) => rowBlock(rowOf(line, "+", "  "))),
    ...remove.lines.map((line) => rowBlock(rowOf(line, "-", "  "))),
    ...settings.map(settingBlock),
    ...other.map((text) => textBlock(text, "    ")),
    ...(more === 0 ? [] : [textBlock(`and ${more} more lines, not shown`, "    ")]),
    ...hints.map(hintBlock),
  ];
}

function hintBlock(hint: string): Block {
  return { kind: "text", lines: labelledLines("hint", hint, { indent: "    " }) };
}
