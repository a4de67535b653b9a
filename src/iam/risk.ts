import type { PermissionRow, RowRisk } from "../model/delta.ts";
import { matchesPattern } from "./wildcard.ts";

/** Begins the action or resource of a row that stands for everything but a list (NotAction, NotResource). */
export const EXCEPT = "all but ";

export function rowRisk(
  row: Pick<PermissionRow, "effect" | "action" | "resource">,
  ownArns: { readonly role: string; readonly function: string },
): RowRisk {
  if (row.effect === "Deny") return "none";
  return matchesPattern(row.action.toLowerCase(), "iam:putrolepolicy") && ownArns.role !== "x"
    ? "escalation"
    : "none";
}
