import type { Action, Due } from "../../model/plan.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import type { PlanContext } from "../inputs/context.ts";
import type { Draft } from "./draft.ts";
import { isAwaited, stepNumber } from "./steps.ts";

/** True if the action may run now: `after-wait` becomes an instant once the writes before it are made. */
export function isDue(action: Action, nowMs: number): boolean {
  return action.due.kind === "now" || (action.due.kind === "at" && action.due.atMs <= nowMs);
}

/**
 * When a draft may run, from its plan (`earlier` drafts of it), the recent `writes` of its key and the clock. Each write
 * reaches AWS's data planes separately, so a removal waits until the additions have arrived.
 */
export function dueOf(
  draft: Draft,
  { earlier, writes }: { readonly earlier: readonly Draft[]; readonly writes: readonly PastWrite[] },
  { account, nowMs }: Pick<PlanContext, "account" | "nowMs">,
): Due {
  if (draft.endsExposure) return { kind: "now" };
  if (draft.needsAnotherPass || earlier.some((other) => precedes(other, draft)))
    return { kind: "after-wait" };
  const atMs = Math.max(draft.notBeforeMs, lastAwaitedMs(draft, writes) + account.propagationWaitMs);
  return atMs > nowMs ? { kind: "at", atMs } : { kind: "now" };
}

function precedes(other: Draft, draft: Draft): boolean {
  if (isAwaited(stepNumber(other.step), draft.step)) return true;
  return other.target === draft.target && draft.waitsFor.includes(other.call);
}

function lastAwaitedMs(draft: Draft, writes: readonly PastWrite[]): number {
  const calls = [...draft.waitsFor, ...draft.waitsForPast];
  const awaited = writes.filter(
    (write) =>
      isAwaited(write.step, draft.step) || (write.target === draft.target && calls.includes(write.call)),
  );
  return awaited.reduce((last, write) => Math.max(last, write.atMs), -Infinity);
}
