import { compareDocuments } from "../../iam/compare/comparer.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { defaultText } from "../../diff/policy.ts";
import { compiledText } from "../../diff/documents/permissions.ts";
import { turnedDelta } from "../../model/delta.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import type { LivePolicy, LivePolicyVersion } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { provedDirection } from "../inputs/direction.ts";
import { draftOf, EMPTY_PART, withheldPart, type Draft, type Part } from "../order/draft.ts";
import { mayDeny } from "../inputs/denial.ts";
import { graceEndMs, isExposure } from "../inputs/exposure.ts";
import { sizeObstacle } from "./size.ts";
import { policyUsers, unsettledUsers } from "./users.ts";
import { driftsOf } from "../inputs/scope.ts";

/**
 * A new version that is not yet the default, then the default: widening before the bindings (steps below 10),
 * narrowing after them. An id is known only once AWS has given it, so that the default moves in a later pass.
 */
export function planPolicyDocument(
  policy: DesiredPolicy,
  found: LivePolicy,
  drifts: readonly Drift[],
  context: PlanContext,
): Part {
  const [drift] = driftsOf(drifts, "policy-document");
  const text = compiledText(policy.document);
  if (drift === undefined || text === null) return EMPTY_PART;
  const dialect = documentContext(policy, "identity");
  const obstacle = sizeObstacle(policy, text, context) ?? directionObstacle(policy, found, drift, dialect);
  if (obstacle !== null) return withheldPart(obstacle);
  const drafts = versionDrafts(policy, found, drift, context);
  if (!restricts(drift, policy, dialect, context)) return { ...EMPTY_PART, drafts };
  const reason =
    "its default version carries a Deny that git does not know: a restriction that somebody added";
  const fix = "approve its removal, or take it into git";
  return {
    drafts: [],
    withheld: [{ kind: "restriction-added", subject: policy.arn, reason, fix }],
    approvable: [{ reason, drafts }],
  };
}

/** A change by git that is neither proved wider nor narrower needs steps in between, unless nobody uses the policy. */
function directionObstacle(
  policy: DesiredPolicy,
  found: LivePolicy,
  drift: Drift,
  dialect: DocumentContext,
): Withheld | null {
  const [from, to] = [defaultText(found), drift.desired ?? ""];
  const isUnused = found.attachmentCount === 0 && found.boundaryUsageCount === 0;
  if (drift.cause === "out-of-band" || isUnused) return null;
  if (drift.tier === "metadata") return null;
  const direction = provedDirection(from, to, dialect);
  if (direction.kind !== "neither") return null;
  return {
    kind: "not-in-this-version",
    subject: policy.arn,
    reason: `the new document is neither proved wider nor narrower than the old one, which roles attach: ${direction.because}`,
    fix: "change it in two commits: first add, then remove",
  };
}

function restricts(
  drift: Drift,
  { document }: DesiredPolicy,
  dialect: DocumentContext,
  context: PlanContext,
): boolean {
  if (drift.cause === "revision" || isExposure(drift, context)) return false;
  const text = compiledText(document) ?? "";
  return mayDeny(drift.live ?? "", dialect) && !mayDeny(text, dialect);
}

function versionDrafts(
  policy: DesiredPolicy,
  found: LivePolicy,
  drift: Drift,
  context: PlanContext,
): readonly Draft[] {
  const text = drift.desired ?? "";
  const dialect = documentContext(policy, "identity");
  const existing = found.versions.find(
    (version) =>
      version.id !== found.defaultVersionId && compareDocuments(version.text, text, dialect) === "equal",
  );
  if (existing !== undefined) return [setDefault(policy, found, drift, context, existing.id)];
  const shared = {
    step: "write-policy",
    target: policy.arn,
    cause: drift.cause,
    origin: policy.origin,
  } as const;
  const create = draftOf({
    ...shared,
    call: "iam:CreatePolicyVersion",
    input: { PolicyArn: policy.arn, PolicyDocument: text, SetAsDefault: false },
    before: null,
    after: text,
  });
  const next = setDefault(policy, found, drift, context, nextVersionId(found));
  const unseen: Draft = { ...next, needsAnotherPass: true, endsExposure: false };
  return [...prune(policy, found, drift, context), create, unseen];
}

/** AWS counts up and never gives an id twice. */
function nextVersionId(found: LivePolicy): string {
  return `v${Math.max(0, ...found.versions.map(versionNumber)) + 1}`;
}

function versionNumber(version: LivePolicyVersion): number {
  return Number(version.id.replace(/^v/, ""));
}

/** Room for one more: the oldest that does not count goes. */
function prune(
  policy: DesiredPolicy,
  found: LivePolicy,
  drift: Drift,
  { live }: PlanContext,
): readonly Draft[] {
  if (found.versions.length < live.quotas.versionsPerPolicy) return [];
  const [oldest] = found.versions
    .filter((version) => version.id !== found.defaultVersionId)
    .toSorted((a, b) => versionNumber(a) - versionNumber(b));
  if (oldest === undefined) return [];
  return [
    draftOf({
      step: "write-policy",
      call: "iam:DeletePolicyVersion",
      input: { PolicyArn: policy.arn, VersionId: oldest.id },
      target: policy.arn,
      before: oldest.text,
      after: null,
      cause: drift.cause,
      destructive: true,
      origin: policy.origin,
    }),
  ];
}

function setDefault(
  policy: DesiredPolicy,
  found: LivePolicy,
  drift: Drift,
  context: PlanContext,
  versionId: string,
): Draft {
  const dialect = documentContext(policy, "identity");
  const [from, to] = [defaultText(found), drift.desired ?? ""];
  const delta = turnedDelta(drift.delta);
  const narrows = provedDirection(from, to, dialect).kind === "narrower";
  const exposure = isExposure(drift, context);
  const reverted = drift.cause === "out-of-band";
  return draftOf({
    step: narrows && !reverted ? "remove" : "write-policy",
    call: "iam:SetDefaultPolicyVersion",
    input: { PolicyArn: policy.arn, VersionId: versionId },
    target: policy.arn,
    before: from,
    after: to,
    cause: drift.cause,
    endsExposure: exposure,
    destructive: delta.noLongerAllowed.length > 0,
    origin: policy.origin,
    delta,
    notBeforeMs: narrows ? narrowingMs(policy, drift, context) : 0,
    needsAnotherPass: !reverted && policyUsers(policy, context).some((user) => mustGoFirst(user, narrows)),
  });
}

/** A revert has its grace; a change by git waits until what replaces it has reached every user. */
function narrowingMs(policy: DesiredPolicy, drift: Drift, context: PlanContext): number {
  return drift.cause === "out-of-band" ? graceEndMs(drift, context) : unsettledUsers(policy, context);
}

/** A user that gives it up goes before it widens; one that does not yet have what replaces it, before it narrows. */
function mustGoFirst(user: ReturnType<typeof policyUsers>[number], narrows: boolean): boolean {
  return narrows ? user.kind === "changing" : user.kind === "leaving";
}
