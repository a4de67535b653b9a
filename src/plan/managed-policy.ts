import { withheldOf } from "./inputs/withheld.ts";
import { appliedPolicy, recreationCause } from "../diff/drift/drift.ts";
import { ownerOf, policyOwnership, type Ownership } from "../diff/drift/ownership.ts";
import type { DesiredPolicy } from "../model/desired.ts";
import { turnedDelta } from "../model/delta.ts";
import type { Drift } from "../model/drift.ts";
import { livePolicy, type LivePolicy } from "../model/live.ts";
import type { KeyPlan, Withheld } from "../model/plan.ts";
import { assemblePlan } from "./order/assemble.ts";
import { withoutContended } from "./inputs/contention.ts";
import type { PlanContext } from "./inputs/context.ts";
import { draftOf, EMPTY_PART, joinParts, withheldPart, type Part } from "./order/draft.ts";
import { planPolicyDocument } from "./policy/document.ts";
import { sizeObstacle } from "./policy/size.ts";
import { planPolicyTags } from "./policy/tags.ts";
import { driftsOf } from "./inputs/scope.ts";

/** The plan that makes a ManagedPolicy match Git. */
export function planPolicy(policy: DesiredPolicy, drifts: readonly Drift[], context: PlanContext): KeyPlan {
  const { key } = policy;
  const { purpose } = context;
  const left = withoutContended(drifts, context);
  const confirmed = left.drifts.filter((drift) => drift.certainty === "confirmed");
  const planned = confirmed.length === 0 ? EMPTY_PART : planConfirmed(policy, confirmed, context);
  const part = joinParts([withheldPart(...left.withheld), planned]);
  const isPending = confirmed.length < left.drifts.length;
  const wakeMs = isPending ? [context.nowMs + context.staleReadMs] : [];
  return assemblePlan(part, { key, purpose, wakeMs }, context);
}

function planConfirmed(policy: DesiredPolicy, drifts: readonly Drift[], context: PlanContext): Part {
  if (policy.use === "boundary") return withheldPart(neverWritten(policy, drifts));
  const reading = livePolicy(context.live, policy.arn);
  if (reading.kind !== "present") return createPolicy(policy, drifts, context);
  const found = reading.value;
  const obstacle = obstacleOf(policy, found, context);
  if (obstacle !== null) return withheldPart(obstacle);
  const existing = { policy, found, context };
  return joinParts([
    planPolicyDocument(existing, drifts),
    planPolicyTags(existing, drifts),
    planDescription(policy, drifts),
  ]);
}

function neverWritten(policy: DesiredPolicy, drifts: readonly Drift[]): Withheld {
  const missing = driftsOf(drifts, "policy-missing").length > 0;
  const what = missing ? "the boundary does not exist" : "the boundary differs from Git";
  const fix = "grantkeeper render prints it for the pipeline that writes it";
  return withheldOf(policy.arn)("unmodifiable", `${what}; Grantkeeper never writes boundaries`, fix);
}

function createPolicy(policy: DesiredPolicy, drifts: readonly Drift[], context: PlanContext): Part {
  const [missing] = driftsOf(drifts, "policy-missing");
  const text = context.texts.textOf(policy.document);
  if (missing === undefined || text === null) return EMPTY_PART;
  const obstacle = sizeObstacle(policy, text, context) ?? nameObstacle(policy, context);
  if (obstacle !== null) return withheldPart(obstacle);
  const draft = draftOf({
    step: "write-policy",
    call: "iam:CreatePolicy",
    input: {
      PolicyName: policy.policyName,
      Path: policy.path,
      PolicyDocument: text,
      ...(policy.description !== "" && { Description: policy.description }),
      Tags: policy.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    },
    target: policy.arn,
    before: null,
    after: text,
    cause: recreationCause(missing, isAsApplied(text, context)),
    origin: policy.origin,
    delta: turnedDelta(missing.delta),
  });
  return { ...EMPTY_PART, drafts: [draft] };
}

function isAsApplied(text: string, context: PlanContext): boolean {
  const applied = appliedPolicy(context)?.document;
  return applied !== undefined && context.texts.textOf(applied) === text;
}

/** Policy names are unique in an account, in all paths together and without regard to case. */
function nameObstacle(policy: DesiredPolicy, { live }: PlanContext): Withheld | null {
  const name = policy.policyName.toLowerCase();
  for (const reading of live.policies.values()) {
    if (reading.kind !== "present" || reading.value.name.toLowerCase() !== name) continue;
    const reason = `${reading.value.arn} has its name already`;
    return { kind: "ownership-conflict", subject: policy.arn, reason, fix: "give the policy another name" };
  }
  return null;
}

function obstacleOf(policy: DesiredPolicy, found: LivePolicy, context: PlanContext): Withheld | null {
  const subject = policy.arn;
  if (found.tags.kind !== "present") {
    const reason = "its tags were not read, so its owner is unknown";
    return { kind: "unreadable", subject, reason, fix: "allow iam:GetPolicy to the observer" };
  }
  const ownership: Ownership = policyOwnership(
    { ...found, tags: found.tags.value },
    ownerOf(policy),
    context,
  );
  if (ownership.kind === "ours" || ownership.kind === "tags-lost") return null;
  const reason = ownership.kind === "foreign" ? ownership.reason : "the policy is not ours";
  return { kind: "ownership-conflict", subject, reason, fix: "give the policy another name" };
}

function planDescription(policy: DesiredPolicy, drifts: readonly Drift[]): Part {
  if (driftsOf(drifts, "policy-description").length === 0) return EMPTY_PART;
  const reason = "a policy's description can't be changed once it exists";
  const fix = "write the description as it is, or give the policy another name";
  return withheldPart({ kind: "immutable-field", subject: policy.arn, reason, fix });
}
