import type { Drift } from "../../model/drift.ts";
import type { JudgedView } from "./outcome.ts";

/** Withheld changes that do not prevent a binding from counting as applied. */
const NOT_WRITTEN: ReadonlySet<Drift["change"]["kind"]> = new Set([
  "function-role",
  "role-not-published",
  "upstream-changed",
  "actions-grown",
  "statement-extra",
]);

/** Nothing is left to do and AWS was read and matches Git: only then the applied state changes. */
export function isConverged(view: JudgedView): boolean {
  const { judged, subject, skipped, readBack, unread, plan, drifts } = view;
  if (view.ordered !== null) return false;
  if (subject.kind !== "desired" || judged.verdict.kind !== "allow") return false;
  if (skipped !== null && skipped.kind !== "nothing-due") return false;
  if (readBack?.kind === "not-read" || unread.length > 0) return false;
  const writable = drifts.filter(
    ({ change, comparedWith }) => comparedWith === undefined && !NOT_WRITTEN.has(change.kind),
  );
  return plan.actions.length === 0 && plan.withheld.length === 0 && writable.length === 0;
}
