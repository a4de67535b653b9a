import { correctionOf, type Mistake } from "../../../model/diagnostic.ts";
import { WEEKDAYS, type Weekday } from "../../../model/windows/change-window.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";

const NAMES = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

const GROUPS: readonly (readonly [RegExp, string])[] = [
  [/^(all|\*|any|daily|every ?day|always)$/i, "mon-sun"],
  [/^(weekdays?|work(ing|ing-| )?days?)$/i, "mon-fri"],
  [/^weekends?$/i, "sat-sun"],
];

/** How to write an unknown member of `days` of a change window; null if the place is another one, or it is no day. */
export function dayHint(value: string, path: ValuePath): Omit<Mistake, "message"> | null {
  const days = daysAt(value, path.slice(0, -1));
  if (days === null) return null;
  const [day = "", ...others] = days;
  // The list may have other members, which must remain: the hint replaces this one only.
  if (others.length > 0) return { fix: `name each day: ${days.join(", ")}` };
  return { fix: `write ${day}`, ...correctionOf(value, day) };
}

/** The members of `days` of a change window for a text; null: the list at the path is another one, or the text is no day. */
export function daysAt(text: string, list: ValuePath): readonly Weekday[] | null {
  return list.at(-1) === "days" && list.at(-3) === "opens" ? daysOf(text) : null;
}

/** The days of `Tuesday`, `mon-thu`, `fri to mon`, `mon, wed` or `weekdays`, in their order; null: it is something else. */
function daysOf(value: string): readonly Weekday[] | null {
  const [, range = value] = GROUPS.find(([words]) => words.test(value.trim())) ?? [];
  const parts = range.split(/\s*[,;+&]\s*|\s+and\s+/i).map(rangeOf);
  const days = parts.filter((part) => part !== null).flat();
  return parts.includes(null) ? null : [...new Set(days)];
}

function rangeOf(text: string): readonly Weekday[] | null {
  const [from, to, ...others] = text.split(/\s*(?:[-–—]|\.{2,}|\s(?:to|until|through)\s)\s*/i).map(indexOf);
  if (from === undefined || from < 0 || others.length > 0) return null;
  if (to === undefined) return WEEKDAYS.slice(from, from + 1);
  if (to < 0) return null;
  const last = to < from ? to + WEEKDAYS.length : to;
  return [...WEEKDAYS, ...WEEKDAYS].slice(from, last + 1);
}

/** Of `mon`, `Monday`, `thurs` or `Saturdays`; -1: it is no day. */
function indexOf(text: string): number {
  const name = text.trim().toLowerCase().replace(/s$/, "");
  return name.length < 3 ? -1 : NAMES.findIndex((one) => one.startsWith(name));
}
