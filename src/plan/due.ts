import type { Action } from "../model/action.ts";

/** True when the action may run at this instant: `after-wait` becomes an instant once the writes before it are made. */
export function isDue(action: Action, nowMs: number): boolean {
  return action.due.kind === "now" || (action.due.kind === "at" && action.due.atMs <= nowMs);
}
