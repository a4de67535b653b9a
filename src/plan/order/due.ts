import type { Action, Due } from "../../model/action.ts";
import type { Key } from "../../model/keys/key.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import type { PlanContext } from "../inputs/context.ts";
import type { Draft } from "./draft.ts";
import { isAwaited, stepNumber } from "./steps.ts";

/** True when the action may run at this instant: `after-wait` becomes an instant once the writes before it are made. */
export function isDue(action: Action, nowMs: number): boolean {
  return action.due.kind === "now" || (action.due.kind === "at" && action.due.atMs <= nowMs);
}

/**
 * When a draft may run: a function of plan, history and clock alone. Each write reaches AWS's data planes on its own,
 * so that what takes away waits until what gives has arrived.
 */
export function dueOf(draft: Draft, earlier: readonly Draft[], key: Key, context: PlanContext): Due {
  if (draft.endsExposure) return { kind: "now" };
  if (draft.needsAnotherPass || earlier.some((other) => precedes(other, draft)))
    return { kind: "after-wait" };
  const settled =
    lastAwaitedMs(draft, context.writes.byKey.get(key) ?? []) + context.account.propagationWaitMs;
  const atMs = Math.max(draft.notBeforeMs, settled);
  return atMs > context.nowMs ? { kind: "at", atMs } : { kind: "now" };
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
