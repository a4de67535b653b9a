import type { Condition, KeyStatus } from "../../../model/status.ts";
import { byText } from "../../../text/order.ts";

const MESSAGE = "changed in Git, and no pass has ended since: not compared with the new revision yet";

/**
 * The status of a key that was compared with an earlier declaration only. A suspension is still in force, and drift that was
 * seen has not ended; nothing else is known about the declaration in force.
 *
 * @param since ISO 8601: the time of the change
 */
export function notCompared(recorded: KeyStatus, since: string): KeyStatus {
  const { adoption: _, ...status } = recorded;
  const isSuspended = recorded.conditions.some(({ type }) => type === "Suspended");
  const kept = recorded.conditions.filter(({ type }) => !REPLACED.has(type));
  const replaced = [
    claim(recorded, { type: "Ready", status: "Unknown" }, since),
    ...(isSuspended ? [] : [claim(recorded, { type: "Reconciling", status: "True" }, since)]),
    ...drifted(recorded, since),
  ];
  return {
    ...status,
    sync: "Unknown",
    health: isSuspended ? "Suspended" : "Progressing",
    plan: null,
    conditions: [...kept, ...replaced].sort((a, b) => byText(a.type, b.type)),
  };
}

const REPLACED: ReadonlySet<Condition["type"]> = new Set(["Ready", "Reconciling", "Stalled", "Drifted"]);

function drifted(recorded: KeyStatus, since: string): readonly Condition[] {
  const before = recorded.conditions.find(({ type }) => type === "Drifted");
  if (before === undefined) return [];
  if (before.status !== "True") return [claim(recorded, { type: "Drifted", status: "Unknown" }, since)];
  const message = before.message === "" ? SEEN_BEFORE : `${before.message}; ${SEEN_BEFORE}`;
  return [{ ...before, message }];
}

const SEEN_BEFORE = "seen before Git changed";

/** Kubernetes' rule: the transition time changes only with `status`. */
function claim(
  { conditions }: KeyStatus,
  { type, status }: Pick<Condition, "type" | "status">,
  since: string,
): Condition {
  const before = conditions.find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : since;
  return { type, status, reason: "NotCompared", message: MESSAGE, lastTransitionTime };
}
