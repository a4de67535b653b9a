import type { Rejection } from "../../../model/approval.ts";
import type { KeyRecordSummary } from "../../../model/keys/key-record.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../../model/status.ts";
import type { NotedOutcome, OutcomeKind } from "../../state/merged/merged-memory.ts";

interface BindingProgress {
  readonly isDeclared: boolean;
  /** The revisions in force were applied to it, and read back. */
  readonly isApplied: boolean;
  /** Of its plan, by an operator; undefined: there is none. */
  readonly rejection: Rejection | undefined;
}

/**
 * By the record after a pass that compared the key with what is declared now.
 * @param earlier what an earlier pass found: it counts as long as the key cannot be read
 */
export function notedOutcome(
  record: KeyRecordSummary | undefined,
  declared: BindingProgress,
  earlier: NotedOutcome | undefined,
): NotedOutcome {
  const { isDeclared } = declared;
  if (record === undefined) return { kind: isDeclared ? "applying" : "deleted", why: null, revertedMs: null };
  const reverts = Object.values(record.revertsMs).flat();
  const revertedMs = reverts.length === 0 ? null : Math.max(...reverts);
  const { status } = record;
  if (status === null) return { kind: "applying", why: null, revertedMs };
  const decided = decidedOutcome(status, declared);
  if (decided !== null) return { ...decided, revertedMs };
  if (status.sync === "Unknown") return earlier ?? { ...notRead(status), revertedMs };
  return { ...comparedOutcome(status, declared), revertedMs };
}

type OutcomeAndReason = Pick<NotedOutcome, "kind" | "why">;

const DECISIONS: Readonly<Partial<Record<ConditionReason, OutcomeKind>>> = {
  AwaitingApproval: "held",
  ChangeWindowClosed: "window-closed",
  WaitingForDependency: "dependent",
  GuardrailRefused: "refused",
  ValidationFailed: "invalid",
  ReferenceNotResolved: "failed",
};

/** What a person or a rule decided about it, also if AWS could not be read; null: nothing. */
function decidedOutcome(status: KeyStatus, { rejection }: BindingProgress): OutcomeAndReason | null {
  const suspended = conditionOf(status, "Suspended");
  if (suspended?.status === "True" && status.sync !== "Synced")
    return { kind: "suspended", why: suspended.message };
  const ready = conditionOf(status, "Ready");
  const kind = ready?.status === "False" ? DECISIONS[ready.reason] : undefined;
  if (kind === "held" && rejection !== undefined)
    return { kind: "rejected", why: `by ${rejection.actor}: "${rejection.reason}"` };
  return kind === undefined ? null : { kind, why: ready?.message ?? null };
}

/** Nothing is known of what AWS has. */
function notRead(status: KeyStatus): OutcomeAndReason {
  return { kind: "unread", why: conditionOf(status, "Ready")?.message ?? null };
}

function comparedOutcome(status: KeyStatus, { isDeclared, isApplied }: BindingProgress): OutcomeAndReason {
  const ready = conditionOf(status, "Ready");
  if (ready === undefined) return { kind: "applying", why: null };
  const { reason, message } = ready;
  const hasChanged = isApplied && status.sync === "OutOfSync";
  if (ready.status === "False") return { kind: hasChanged ? "changed-since" : "failed", why: message };
  if (!isDeclared) return { kind: "deleting", why: ready.status === "True" ? null : message };
  if (reason === "WaitingForFunction") return { kind: "no-function", why: null };
  if (ready.status === "Unknown") return { kind: hasChanged ? "changed-since" : "applying", why: message };
  if (reason === "ObserveOnly") return { kind: status.sync === "Synced" ? "matches" : "differs", why: null };
  return { kind: status.sync === "Synced" ? "applied" : "changed-since", why: null };
}

function conditionOf({ conditions }: KeyStatus, type: Condition["type"]): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
