import type { HoldSummary } from "../../../api/overview.ts";

/** Whether nothing happens before someone approves or rejects it. A change window opens by itself, and a rejection is an answer. */
export function needsAnswer({ code, rejected }: Pick<HoldSummary, "code" | "rejected">): boolean {
  return rejected === null && code !== "change-window";
}
