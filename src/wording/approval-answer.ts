import type { AuditEvent } from "../api/events.ts";
import type { WaitCause } from "../model/verdict.ts";
import { ago } from "./time.ts";
import { causeText } from "./words.ts";

/** The kinds of entries that answer an approval, for `kind` of the API. */
export const ANSWER_KINDS = "approved,rejected";

/** What a person answered to an approval. */
export interface ApprovalAnswer {
  readonly entry: AuditEvent;
  readonly kind: "approved" | "rejected";
  readonly subject: string;
  readonly actor: string;
  readonly reason: string;
  /** The wait that it overrides; null: none, so that it approves or rejects a plan. */
  readonly overrides: WaitCause | null;
}

/** The answers to approvals that have such a subject, in the order of the entries. */
export function approvalAnswers(
  events: readonly AuditEvent[],
  isNamed: (subject: string) => boolean,
): readonly ApprovalAnswer[] {
  return events.flatMap((entry): readonly ApprovalAnswer[] => {
    const { kind, subject, actor, reason } = entry;
    if (kind !== "approved" && kind !== "rejected") return [];
    if (typeof subject !== "string" || typeof actor !== "string" || typeof reason !== "string") return [];
    if (!isNamed(subject)) return [];
    // The record has the causes that this version or an earlier one wrote.
    const { overrides = null } = entry as { readonly overrides?: WaitCause };
    return [{ entry, kind, subject, actor, reason, overrides }];
  });
}

/** `Overridden by dana 1m ago: the change window night, "INC-1"` */
export function approvalAnswerText(
  { kind, actor, reason, overrides, entry }: ApprovalAnswer,
  nowMs: number,
): string {
  const by = `by ${actor} ${ago(entry.at, nowMs)}`;
  if (overrides !== null) return `Overridden ${by}: ${causeText(overrides)}, "${reason}"`;
  return `${kind === "approved" ? "Approved" : "Rejected"} ${by}: "${reason}"`;
}
