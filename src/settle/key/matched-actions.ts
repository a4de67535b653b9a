import { isApproved } from "../../judge/approvals/approved.ts";
import { matchedActions } from "../../judge/approvals/growth.ts";
import { type Pass, lastAppliedState, desiredOf } from "../../judge/subject.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { JudgedView } from "../outcome/outcome.ts";

/**
 * What the patterns of the state match, for the record; absent if it declares none. What AWS added counts as approved
 * once an approval covers it. If no profile wants one, so that the plan is not held, it does so at the next change of the
 * manifest, whose review shows what the patterns match.
 */
export function matchedAfter(
  { subject, judged: { plan, verdict } }: JudgedView,
  { actionData, history: { approvals }, startedAtMs: nowMs }: Pass,
  isChangedInGit: () => boolean,
): Pick<KeyRecord, "matchedActions"> {
  const { record } = subject;
  const state = desiredOf(subject) ?? lastAppliedState(record);
  if (state === null) return {};
  const isAccepted =
    plan.grown !== undefined &&
    verdict.kind === "allow" &&
    (isApproved(record.key, plan, { approvals, nowMs }) || isChangedInGit());
  const matched = matchedActions(state, isAccepted ? undefined : record.matchedActions, actionData);
  return Object.keys(matched).length === 0 ? {} : { matchedActions: matched };
}

/** The record of a key without patterns is as it was before there was this field. */
export function withoutMatchedActions(record: KeyRecord): KeyRecord {
  const { matchedActions: _, ...rest } = record;
  return rest;
}
