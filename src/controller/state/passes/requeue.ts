import type { Key } from "../../../model/keys/key.ts";
import type { PassResult } from "../../../settle/outcome/outcome.ts";
import type { PassSettlement } from "../../../settle/settle.ts";
import type { Workqueue } from "../workqueue.ts";

/** The keys of a pass that are due again. */
export function requeuePass(
  result: PassResult,
  { requeue }: PassSettlement,
  { queue, nowMs }: { readonly queue: Workqueue; readonly nowMs: number },
): void {
  const unread = result.kind === "done" ? result.unreadKeys : [];
  const again = unread.map(({ key, isPlanned }) => ({ key, dueMs: nowMs, ...(isPlanned && { isPlanned }) }));
  for (const { key, dueMs, isPlanned } of [...requeue, ...again])
    if (isPlanned === true) queue.addPlanned(key);
    else queue.addPatientKey(key, dueMs);
}

/** Includes keys that no longer belong to an account: a revision may have removed them since the request. */
export function comparedKeys(result: PassResult): readonly Key[] | "all" {
  if (result.kind === "failed") return [];
  const { scope } = result.pass;
  if (scope.kind === "all") return "all";
  const unread = new Set(result.unreadKeys.map(({ key }) => key));
  return scope.keys.filter((key) => !unread.has(key));
}
