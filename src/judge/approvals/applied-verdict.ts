import type { GuardContext } from "../../guard/context/context.ts";
import { refusingProfiles } from "../../guard/context/profile-scopes.ts";
import { RULES } from "../../guard/table.ts";
import type { Approval } from "../../model/approval.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { isBlocking, wouldBlock, type Finding } from "../../model/finding.ts";
import type { AppliedVerdict, JudgedBy, KeyRecord } from "../../model/keys/key-record.ts";
import type { DesiredProfile } from "../../model/rules/guardrail-profile.ts";
import { isSameStandard } from "../../model/rules/rule-standard.ts";
import type { ConditionReason } from "../../model/status.ts";
import { digestOf, sha256Hex, type Digest } from "../../model/values/digest.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import type { StricterVerdict } from "../../model/verdict.ts";
import { byKey, sortedSet } from "../../text/order.ts";

/** What the rules make of an applied state now. */
export interface AppliedJudgement {
  /** Those that only an approval puts into effect are marked. */
  readonly findings: readonly Finding[];
  readonly verdict: AppliedVerdict;
  /** null: nothing awaits an approval. */
  readonly stricter: StricterVerdict | null;
}

export interface AppliedFacts {
  readonly state: DesiredBinding | DesiredPolicy;
  readonly record: KeyRecord;
  readonly judgedBy: JudgedBy;
  /** The revision of the platform source. */
  readonly revision: Revision;
  readonly rules: GuardContext;
  /** By the standard that the account confirmed last; null: it is the present one. */
  readonly former: {
    readonly rules: GuardContext;
    readonly findings: readonly Finding[];
  } | null;
  readonly approvals: readonly Approval[];
  readonly nowMs: number;
}

/**
 * The verdict on a state that was applied under an accepted one. What an upgrade refuses (a profile, a version of
 * Grantkeeper, its action data) is pending until an operator approves it. Everything else is in effect: a fence, the end
 * of a waiver, a change in AWS, a change of what others declare.
 */
export function judgeApplied(findings: readonly Finding[], facts: AppliedFacts): AppliedJudgement {
  const blocking = findings.filter(isBlocking);
  const kept = blocking.filter((finding) => isKept(finding, facts));
  const awaiting = pendingOf(kept, facts);
  const stricter = kept.length === 0 ? null : stricterVerdict(kept, awaiting, facts);
  const isPending = stricter !== null && !isCovered(stricter.digest, facts);
  const pending: ReadonlySet<Finding> = new Set(isPending ? kept : []);
  const refusing = findingIds(blocking.filter((finding) => !pending.has(finding)));
  return {
    findings: findings.map((finding) => (pending.has(finding) ? { ...finding, pending: true } : finding)),
    verdict: {
      ...facts.judgedBy,
      ...(refusing.length > 0 && { refusing }),
      ...(isPending && { pending: awaiting }),
    },
    stricter: isPending ? stricter : null,
  };
}

/** Equal for a finding of the same rule about the same statement, principal or tag. */
function findingId({ rule, evidence }: Finding): string {
  return sha256Hex(JSON.stringify([rule, evidence])).slice(0, 16);
}

function findingIds(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(findingId))].sort();
}

/** A refusal by a Team or by the end of a waiver is never an upgrade. */
function isKept(finding: Finding, facts: AppliedFacts): boolean {
  if (finding.rule.startsWith("TEN-") || finding.waiver.kind === "expired") return false;
  const { record } = facts;
  if (Object.hasOwn(record.appliedVerdict?.pending?.causes ?? {}, findingId(finding))) return true;
  return wasAccepted(record) && (isOfStandard(finding, facts) || isOfVersion(facts));
}

/**
 * A state that was refused has no accepted verdict to keep. A record without verdicts proves the acceptance only by a
 * condition that no refusal allows: a broken file, a failed read and a failed write hide a refusal.
 */
function wasAccepted({ appliedVerdict, status }: KeyRecord): boolean {
  if (appliedVerdict !== undefined) return appliedVerdict.refusing === undefined;
  const ready = status?.conditions.find(({ type }) => type === "Ready");
  return ready !== undefined && (ready.status === "True" || OF_ACCEPTED.has(ready.reason));
}

/** Reasons of a key that is as declared, and that is not ready for a reason outside of its permissions. */
const OF_ACCEPTED: ReadonlySet<ConditionReason> = new Set([
  "WaitingForFunction",
  "RoleNotUsed",
  "RoleNotPublished",
]);

/** The profiles and defaults that the account confirmed last do not refuse it, with everything else as it is now. */
function isOfStandard(finding: Finding, { former }: AppliedFacts): boolean {
  return former !== null && !isRefusedIn(former.findings, finding);
}

/** Whether the same rule refuses the same thing in the other findings. */
export function isRefusedIn(findings: readonly Finding[], finding: Finding): boolean {
  const id = findingId(finding);
  return findings.some((other) => isBlocking(other) && findingId(other) === id);
}

/** The findings of a declaration that did not change, by profiles that did: what only these refuse is pending. */
export function withPending(findings: readonly Finding[], before: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) =>
    isBlocking(finding) && !isRefusedIn(before, finding) ? { ...finding, pending: true } : finding,
  );
}

/** Another version judged the state last, and the fences are as they were then. A record of an earlier version has neither. */
function isOfVersion({ record: { appliedVerdict }, judgedBy }: AppliedFacts): boolean {
  if (appliedVerdict === undefined) return true;
  return appliedVerdict.rules !== judgedBy.rules && appliedVerdict.fences === judgedBy.fences;
}

type PendingVerdict = NonNullable<AppliedVerdict["pending"]>;

/** A finding keeps the causes with which it became pending, and takes them with it when it ends. */
function pendingOf(kept: readonly Finding[], facts: AppliedFacts): PendingVerdict {
  const known = facts.record.appliedVerdict?.pending;
  const causes = kept.map((finding): readonly [string, readonly string[]] => {
    const id = findingId(finding);
    return [id, known?.causes[id] ?? sortedSet(causesOf(finding, facts))];
  });
  return { sinceMs: known?.sinceMs ?? facts.nowMs, causes: Object.fromEntries(causes.sort(byKey)) };
}

function stricterVerdict(
  kept: readonly Finding[],
  { sinceMs, causes }: PendingVerdict,
  { record: { key } }: AppliedFacts,
): StricterVerdict {
  const digest = digestOf({ kind: "verdict-changed", key, findings: [...findingIds(kept)] });
  return { digest, findings: kept, by: sortedSet(Object.values(causes).flat()), sinceMs };
}

/** What became stricter: the changed profiles that refuse it, otherwise the version of Grantkeeper with its action data. */
function causesOf(finding: Finding, facts: AppliedFacts): readonly string[] {
  const { state, rules, former, revision, judgedBy } = facts;
  const version = `Grantkeeper ${judgedBy.rules}`;
  if (former === null || !isOfStandard(finding, facts)) return [version];
  const byDefault = RULES.find(({ id }) => id === finding.rule)?.severity ?? "block";
  const changed = refusingProfiles(state, { rule: finding.rule, byDefault }, rules).filter(
    (profile) => !former.rules.desired.profiles.some((other) => isSameProfile(profile, other)),
  );
  if (changed.length === 0) return [version];
  return changed.map(({ name }) => `profile ${name} (${shortRevision(revision)})`);
}

function isSameProfile(a: DesiredProfile, b: DesiredProfile): boolean {
  const alone = (profile: DesiredProfile) => ({ defaults: {}, profiles: [profile] });
  return isSameStandard(alone(a), alone(b));
}

/** An approval of exactly these findings that has not ended. */
function isCovered(digest: Digest, { record: { key }, approvals, nowMs }: AppliedFacts): boolean {
  return approvals.some(
    ({ actions, expiresAt }) =>
      Object.hasOwn(actions, key) && Date.parse(expiresAt) > nowMs && actions[key]?.includes(digest) === true,
  );
}

/** What refuses an applied state, in effect or pending. */
export function refusalsOf({ findings }: Pick<AppliedJudgement, "findings">): readonly Finding[] {
  return findings.filter(wouldBlock);
}
