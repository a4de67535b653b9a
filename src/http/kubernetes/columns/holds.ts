import type { HoldObject } from "../../../api/overview.ts";
import { NONE, UNKNOWN } from "./cells.ts";
import { ageText, NAME, type TableColumn } from "./column.ts";

/** The name has 64 digits: two short columns fit next to it. */
export const HOLD: readonly TableColumn<HoldObject>[] = [
  NAME,
  {
    name: "Risk",
    description: "The highest of its changes; unknown: they are not planned yet, or it makes no calls",
    cell: ({ status }) => status.risk ?? UNKNOWN,
  },
  {
    name: "Age",
    description: "How long it waits",
    cell: ({ status }, nowMs) => ageText(status.since, nowMs),
    shows: ({ status }) => status.since,
  },
  {
    name: "Account",
    isWide: true,
    description: "none: a revision, which is of no account",
    cell: ({ status }) => status.account ?? NONE,
  },
  {
    name: "Bindings",
    isWide: true,
    type: "integer",
    description: "The keys that the token sees",
    cell: ({ status }) => status.bindings,
  },
  {
    name: "Calls",
    isWide: true,
    description: "unknown: the approval also covers keys that the token may not see",
    cell: ({ status }) => status.calls ?? UNKNOWN,
  },
  {
    name: "Reason",
    description: "Why it needs an approval",
    isWide: true,
    cell: ({ status }) => status.reason,
  },
  {
    name: "Answer",
    description: "rejected, if an operator rejected it",
    isWide: true,
    cell: ({ status }) => (status.rejected === null ? NONE : `rejected by ${status.rejected.actor}`),
  },
];
