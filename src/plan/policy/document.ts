import { withheldOf } from "../inputs/withheld.ts";
import { compareDocuments } from "../../iam/compare/comparer.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { defaultText } from "../../diff/policy.ts";
import { turnedDelta } from "../../model/delta.ts";
import type { DesiredPolicy, DesiredBinding } from "../../model/desired.ts";
import type { Drift } from "../../model/drift.ts";
import { type LivePolicy, type LivePolicyVersion, liveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";
import { provedDirection } from "../inputs/direction.ts";
import { draftOf, EMPTY_PART, withheldPart, type Draft, type Part, approvalPart } from "../order/draft.ts";
import { mayDeny } from "../inputs/denial.ts";
import { graceEndMs, isExposure } from "../inputs/exposure.ts";
import type { ExistingPolicy } from "./existing-policy.ts";
import { sizeObstacle } from "./size.ts";
import { driftsOf } from "../inputs/scope.ts";
import type { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import type { Key } from "../../model/keys/key.ts";
import { isBeforeSwitch } from "../order/steps.ts";

interface DocumentDrift extends ExistingPolicy {
  readonly drift: Drift;
  readonly dialect: DocumentContext;
  /** The document of the default version, and the one that replaces it. */
  readonly from: string;
  readonly to: string;
}

/**
 * A new version that is not yet the default, then the default: widening before the bindings (steps below 10),
 * narrowing after them. AWS assigns the version's id, so the default moves in a later pass.
 */
export function planPolicyDocument(existing: ExistingPolicy, drifts: readonly Drift[]): Part {
  const { policy, found, context } = existing;
  const [drift] = driftsOf(drifts, "policy-document");
  const to = context.texts.textOf(policy.document);
  if (drift === undefined || to === null) return EMPTY_PART;
  const dialect = documentContext(policy, "identity");
  const change: DocumentDrift = { ...existing, drift, dialect, from: defaultText(found), to };
  const obstacle = sizeObstacle(policy, to, context) ?? directionObstacle(change);
  if (obstacle !== null) return withheldPart(obstacle);
  const drafts = versionDrafts(change);
  if (!removesRestriction(change)) return { ...EMPTY_PART, drafts };
  const reason = "its default version has a Deny that is not in Git: a restriction added outside Git";
  const fix = "approve its removal, or add it to Git";
  return approvalPart({ kind: "restriction-added", subject: policy.arn, reason, fix }, drafts);
}

/** A change in Git that is not proved wider or narrower needs steps in between, unless the policy is unused. */
function directionObstacle({ policy, found, drift, dialect, from, to }: DocumentDrift): Withheld | null {
  const isUnused = found.attachmentCount === 0 && found.boundaryUsageCount === 0;
  if (drift.cause === "out-of-band" || isUnused) return null;
  if (drift.tier !== "security") return null;
  const direction = provedDirection(from, to, dialect);
  if (direction.kind !== "neither") return null;
  const reason = `the new document is neither proved wider nor narrower than the old one, which roles attach: ${direction.because}`;
  const fix = "change it in two commits: first add, then remove";
  return withheldOf(policy.arn)("not-in-this-version", reason, fix);
}

function removesRestriction({ drift, dialect, to, context }: DocumentDrift): boolean {
  if (drift.cause === "revision" || isExposure(drift, context)) return false;
  return mayDeny(drift.live ?? "", dialect) && !mayDeny(to, dialect);
}

function versionDrafts(change: DocumentDrift): readonly Draft[] {
  const { policy, found, drift, dialect, to } = change;
  const same = found.versions.find(
    (version) =>
      version.id !== found.defaultVersionId && compareDocuments(version.text, to, dialect) === "equal",
  );
  if (same !== undefined) return [setDefault(change, same.id)];
  const shared = {
    step: "write-policy",
    target: policy.arn,
    cause: drift.cause,
    origin: policy.origin,
  } as const;
  const create = draftOf({
    ...shared,
    call: "iam:CreatePolicyVersion",
    input: { PolicyArn: policy.arn, PolicyDocument: to, SetAsDefault: false },
    before: null,
    after: to,
  });
  const next = setDefault(change, nextVersionId(found));
  const unseen: Draft = { ...next, needsAnotherPass: true, endsExposure: false };
  return [...prune(change), create, unseen];
}

/** AWS counts up and never assigns an id twice. */
function nextVersionId(found: LivePolicy): string {
  return `v${Math.max(0, ...found.versions.map(versionNumber)) + 1}`;
}

function versionNumber(version: LivePolicyVersion): number {
  return Number(version.id.replace(/^v/, ""));
}

/** If the policy has as many versions as AWS allows, the oldest that is not the default is deleted. */
function prune({ policy, found, drift, context }: DocumentDrift): readonly Draft[] {
  if (found.versions.length < context.live.quotas.versionsPerPolicy) return [];
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

function setDefault(change: DocumentDrift, versionId: string): Draft {
  const { policy, drift, dialect, from, to, context } = change;
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

/** A revert has its grace period; a change in Git waits until its replacement has reached every user. */
function narrowingMs(policy: DesiredPolicy, drift: Drift, context: PlanContext): number {
  return drift.cause === "out-of-band" ? graceEndMs(drift, context) : usersConfirmedMs(policy, context);
}

/**
 * A role that gives up the policy is changed before the policy widens; a role that does not yet have the replacement is
 * changed before the policy narrows.
 */
function mustGoFirst(user: ReturnType<typeof policyUsers>[number], narrows: boolean): boolean {
  return narrows ? user.kind === "changing" : user.kind === "leaving";
}

/** A binding whose role uses, or is to use, a policy of which the default version is to move. */
interface PolicyUser {
  readonly key: Key;
  /**
   * `leaving`: the policy is still attached to its role and no longer declared in Git. `changing`: its role does not yet
   * match Git.
   */
  readonly kind: "matching" | "changing" | "leaving";
}

function policyUsers(policy: DesiredPolicy, context: PlanContext): readonly PolicyUser[] {
  const users: PolicyUser[] = [];
  for (const binding of context.desired.bindings.values()) {
    if (binding.accountId !== policy.accountId) continue;
    const wants = binding.role.attachments.some((attachment) => attachment.arn === policy.arn);
    const has = isAttached(binding, policy, context);
    if (has && !wants) users.push({ key: binding.key, kind: "leaving" });
    if (wants) users.push({ key: binding.key, kind: matchesGit(binding, context) ? "matching" : "changing" });
  }
  return users;
}

function isAttached(binding: DesiredBinding, policy: DesiredPolicy, { live }: PlanContext): boolean {
  const role = liveRole(live, binding.role.name);
  return role.kind === "present" && role.value.attachments.includes(policy.arn);
}

/** True if the declared permissions of the role are those that were applied and read back last. */
function matchesGit(binding: DesiredBinding, { records, texts }: PlanContext): boolean {
  const applied = records.get(binding.key)?.applied?.desired;
  if (applied?.kind !== "binding") return false;
  return permissionsText(applied.binding, texts) === permissionsText(binding, texts);
}

function permissionsText({ role }: DesiredBinding, texts: CompiledTexts): string {
  const attachments = role.attachments.map((attachment) => attachment.arn);
  return JSON.stringify([texts.textOf(role.inline), attachments, role.boundary?.arn ?? null]);
}

/** The instant at which the last write of any user has reached AWS's data planes. */
function usersConfirmedMs(policy: DesiredPolicy, context: PlanContext): number {
  const settledAtMs = policyUsers(policy, context).flatMap((user) =>
    (context.writes.byKey.get(user.key) ?? [])
      .filter((write) => isBeforeSwitch(write.step))
      .map((write) => write.atMs + context.account.propagationWaitMs),
  );
  return Math.max(0, ...settledAtMs);
}
