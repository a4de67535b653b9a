import type { UnknownFunctions } from "../../model/answers/questions/who-can.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import { continued } from "../../text/layout/wrap.ts";

export function functionsText(count: number): string {
  return count === 1 ? "1 function" : `${count} functions`;
}

const SHOWN_TARGETS = 3;

/** The functions about which there is no conclusion, one reason after the other; `-o wide` names all of them. */
export function unknownLines(
  groups: readonly UnknownFunctions[],
  { width, isWide }: Layout,
  label = "unknown",
): readonly ScreenLine[] {
  return groups.flatMap(({ reason, targets }) => {
    const shown = isWide ? targets : targets.slice(0, SHOWN_TARGETS);
    const more = targets.length - shown.length;
    const names = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
    return [
      ...toned("warning", continued(`${label}: ${functionsText(targets.length)}: ${reason}`, width)),
      ...continued(`  ${names}`, width),
    ];
  });
}
