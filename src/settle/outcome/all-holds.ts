import type { DonePass } from "./outcome.ts";

/**
 * True if the pending approvals of the pass are all of its account: a plan that was not computed, because something was
 * not read, may still be pending.
 */
export function knowsAllHolds({ pass, outcomes }: Pick<DonePass, "pass" | "outcomes">): boolean {
  return pass.scope.kind === "all" && outcomes.every(({ kind }) => kind !== "unknown");
}
