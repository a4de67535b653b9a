import { correctionOf, type Mistake } from "../../../model/diagnostic.ts";
import { WEEKDAYS } from "../../../model/windows/change-window.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";

/** In the order in which people write them. */
const GROUPS: readonly (readonly [RegExp, string])[] = [
  [/^(all|\*|any|daily|every ?day|always)$/i, "[mon, tue, wed, thu, fri, sat, sun]"],
  [/^(weekdays?|work(ing|ing-| )?days?|mon-fri)$/i, "[mon, tue, wed, thu, fri]"],
  [/^(weekends?|sat-sun)$/i, "[sat, sun]"],
];

/** How to write an unknown member of `days` of a change window; null if the place is another one, or it is no day. */
export function dayHint(value: string, path: ValuePath): Omit<Mistake, "message"> | null {
  if (path.at(-2) !== "days" || path.at(-4) !== "opens") return null;
  const group = GROUPS.find(([words]) => words.test(value));
  if (group !== undefined) return { fix: `name each day: days: ${group[1]}` };
  const day = WEEKDAYS.find((one) => value.length >= 3 && value.toLowerCase().startsWith(one));
  return day === undefined ? null : { fix: `write ${day}`, ...correctionOf(value, day) };
}
