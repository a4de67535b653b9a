import { isAtEdge } from "../../diff/function/edge.ts";
import { lastAppliedState, desiredOf, forbiddenOf } from "../../judge/subject.ts";
import type { NotApplied } from "../../judge/judgement.ts";
import type { LiveRules } from "../../model/answers/live-rules.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import { type DesiredBinding, isBinding } from "../../model/desired.ts";
import {
  liveFunction,
  liveRole,
  policiesReadMs,
  type BindingReadings,
  type LiveAccount,
  type LiveFunction,
} from "../../model/live.ts";
import type { OutcomeView } from "../outcome/outcome.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";

/** The state of a key after its pass, for those who ask until the next one. */
export function keyView(
  view: OutcomeView,
  {
    live,
    rules,
    adoption,
    usedRoles,
  }: Pick<KeyView, "adoption" | "usedRoles"> & { readonly live: LiveAccount; readonly rules: LiveRules },
): KeyView {
  const { subject } = view;
  const state = desiredOf(subject) ?? lastAppliedState(subject.record);
  const binding = state !== null && isBinding(state) && forbiddenOf(subject) === null ? state : null;
  const role = binding === null ? undefined : live.roles.get(binding.role.name.toLowerCase());
  const found = binding === null ? null : shownFunction(binding, live);
  const judged = view.kind === "judged" ? view.judged : null;
  return {
    key: subject.key,
    desired: state,
    isInvalid: subject.kind === "invalid",
    isApplied: subject.record.applied !== null,
    drifts: view.drifts,
    // The conditions already show that the function does not exist.
    notes: judged?.notes ?? [],
    findings: judged?.findings ?? [],
    liveRules: rules,
    plan: view.kind === "judged" ? view.plan : null,
    verdict: judged?.verdict ?? { kind: "allow" },
    approved: judged?.approved ?? [],
    heldBack: judged?.heldBack ?? null,
    ...(judged?.furtherWaits !== undefined && { furtherWaits: judged.furtherWaits }),
    stricter: judged?.stricter ?? null,
    liveRole: role?.kind === "present" ? role.value : null,
    liveFunction: found,
    functionRole: found === null ? null : functionRole(found.roleArn, live),
    readings: binding === null ? null : bindingReadings(binding, live),
    unread: unreadOf(view),
    undo: judged?.undo ?? null,
    obstacle: obstacleOf(view),
    adoption,
    usedRoles,
    readAt: new Date(keyReadMs(binding, live)).toISOString(),
  };
}

/** The oldest reading that the view rests on. */
function keyReadMs(binding: DesiredBinding | null, live: LiveAccount): number {
  return binding === null ? live.observedAtMs : policiesReadMs(live, binding.region, binding.functionName);
}

function functionRole(roleArn: string, live: LiveAccount): KeyView["functionRole"] {
  return arnParts(roleArn).accountId === live.accountId ? liveRole(live, nameInArn(roleArn)).kind : null;
}

function shownFunction(binding: DesiredBinding, live: LiveAccount): LiveFunction | null {
  const found = liveFunction(live, binding.region, binding.functionName);
  return found.kind === "present" ? { ...found.value, edge: isAtEdge(binding, found.value, live) } : null;
}

function bindingReadings(binding: DesiredBinding, live: LiveAccount): BindingReadings {
  const found = liveFunction(live, binding.region, binding.functionName);
  const arn = found.kind === "present" ? found.value.roleArn : binding.role.arn;
  return {
    declaredRole: liveRole(live, binding.role.name),
    function: found,
    otherRole: arn === binding.role.arn ? null : liveRole(live, nameInArn(arn)),
  };
}

function unreadOf(view: OutcomeView): readonly string[] {
  if (view.kind === "unjudged") return view.outcome.kind === "unknown" ? [view.outcome.reason] : [];
  return view.readBack?.kind === "not-read"
    ? [...view.unread, `AWS was not read after the last write: ${view.readBack.reason}`]
    : view.unread;
}

function obstacleOf(view: OutcomeView): KeyView["obstacle"] {
  if (view.kind === "unjudged") return null;
  if (view.failure !== null) return obstacleOfError(view.failure.error);
  return view.skipped === null ? null : obstacleOfSkipped(view.skipped);
}

function obstacleOfSkipped(skipped: NotApplied): KeyView["obstacle"] {
  const because = (reason: string): KeyView["obstacle"] => ({ reason, missing: null });
  switch (skipped.kind) {
    case "stalled":
      return because(skipped.stalled.message);
    case "read-failed":
      return obstacleOfError(skipped.error);
    case "dependency":
      return because(`waits for ${skipped.policy}`);
    case "open-intent":
      return because(`the result of write ${skipped.intent} is not known yet`);
    case "changed-meanwhile":
    case "cut-short":
    case "nothing-due":
    case "observe":
    case "suspended":
    case "undo-waits":
      return null;
  }
}

function obstacleOfError({ message, facts }: AwsError): KeyView["obstacle"] {
  return { reason: message, missing: facts.denial?.action ?? null };
}
