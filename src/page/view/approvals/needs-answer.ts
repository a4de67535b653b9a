import { waitsByItself } from "../../../model/verdict.ts";
import type { HoldSummary } from "../../../api/overview.ts";

/** Whether nothing happens before someone approves or rejects it. What waits for a window or a function goes on by itself, and a rejection is an answer. */
export function needsAnswer({ code, rejected }: Pick<HoldSummary, "code" | "rejected">): boolean {
  return rejected === null && !waitsByItself(code);
}
