import type { AuditFact } from "../../audit/entry.ts";
import { hasOwnershipTags, ownerOf } from "../../diff/drift/ownership.ts";
import { adoptedRoleOf } from "../../diff/role/take-over.ts";
import { desiredOf, type Pass } from "../../judge/subject.ts";
import type { Action } from "../../model/plan.ts";
import { stepNumber } from "../../plan/order/steps.ts";
import { isBinding, type DesiredBinding } from "../../model/desired.ts";
import { contentDigest, contentOf, type AdoptedRole } from "../../model/keys/adopted-role.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Digest } from "../../model/values/digest.ts";
import { liveRole, type LiveAccount, type LiveRole } from "../../model/live.ts";
import type { JudgedView } from "../outcome/outcome.ts";

interface PassOfAccount {
  readonly pass: Pick<Pass, "instance" | "startedAtMs">;
  readonly live: LiveAccount;
}

interface RecordedTakeOver {
  readonly record: Pick<KeyRecord, "adoptedRole">;
  readonly facts: readonly AuditFact[];
}

/**
 * What the record keeps of a role that Git takes over in place: what it was before the first write other than that of the
 * ownership tags. Until then it is recorded again if it changes. A release that was seen ends it.
 */
export function takeOverAfter(view: JudgedView, seen: PassOfAccount): RecordedTakeOver {
  const { subject } = view;
  const { record: kept } = unchangedTakeOver(subject.record);
  const binding = desiredOf(subject);
  if (binding === null || !isBinding(binding) || binding.role.adopt !== "reviewed")
    return { record: kept, facts: [] };
  const role = liveRole(seen.live, binding.role.name);
  // Nothing is concluded from a role that was not read back.
  if (role.kind !== "present" || view.readBack?.kind === "not-read")
    return { record: withChange(kept, view, seen), facts: [] };
  if (binding.released === true) return { record: isOurs(role.value, binding, seen) ? kept : {}, facts: [] };
  if (role.value.arn !== binding.role.arn || !isOurs(role.value, binding, seen))
    return { record: withChange(kept, view, seen), facts: [] };
  return recorded(role.value, view, seen);
}

/** Nothing new is known of it. */
export function unchangedTakeOver({ adoptedRole }: Pick<KeyRecord, "adoptedRole">): RecordedTakeOver {
  return { record: adoptedRole === undefined ? {} : { adoptedRole }, facts: [] };
}

function recorded(role: LiveRole, view: JudgedView, seen: PassOfAccount): RecordedTakeOver {
  const { key, record } = view.subject;
  const before = adoptedRoleOf(role.arn, record);
  // A role that was created again under the same name is another one: nothing of it was taken over.
  if (before !== null && before.roleId !== role.roleId) return { record: { adoptedRole: before }, facts: [] };
  const isWritten = writesOf(view, role.arn).length > 0;
  if (before !== null && (before.changedAtMs !== null || isWritten)) {
    const changedAtMs = before.changedAtMs ?? seen.pass.startedAtMs;
    const lastWritten = lastWrittenAfter(before, role, view);
    return { record: { adoptedRole: { ...before, changedAtMs, lastWritten } }, facts: [] };
  }
  const former = contentOf(role);
  if (before !== null && contentDigest(before.former) === contentDigest(former))
    return { record: { adoptedRole: before }, facts: [] };
  const adoptedRole: AdoptedRole = {
    arn: role.arn,
    roleId: role.roleId,
    atMs: seen.live.observedAtMs,
    former,
    changedAtMs: null,
    lastWritten: null,
  };
  const fact: AuditFact = { kind: "role-adopted", key, role: role.arn, roleId: role.roleId, former };
  return { record: { adoptedRole }, facts: [fact] };
}

/**
 * What was read back after writes, if AWS showed the effect of each. Else it is not known, until a read shows the role as Git
 * declares it.
 */
function lastWrittenAfter(before: AdoptedRole, role: LiveRole, view: JudgedView): Digest | null {
  const { arn } = role;
  const ofRole = view.drifts.filter(({ subject }) => subject === arn);
  if (writesOf(view, arn).length > 0) {
    const isShown = ofRole.every(({ certainty }) => certainty !== "pending");
    return isShown && !hasOpenEffect(view, arn) ? contentDigest(contentOf(role)) : null;
  }
  // After writes of an undo, nothing is compared with Git.
  const isCompared = view.ordered === null || view.writes.length === 0;
  const isAsDeclared = isCompared && ofRole.length === 0 && view.unread.length === 0;
  return isAsDeclared ? contentDigest(contentOf(role)) : before.lastWritten;
}

/** A write that was not answered, or failed in a way that does not exclude an effect. */
function hasOpenEffect({ writes }: JudgedView, arn: string): boolean {
  return writes.some((write) => {
    if (write.action.target !== arn || write.kind === "applied" || write.kind === "not-made") return false;
    const { kind } = write.error.facts.disposition;
    return write.kind === "lost" || (kind !== "circuit" && kind !== "terminal");
  });
}

/** A write whose effect was not read back may have had one. */
function withChange(
  kept: Pick<KeyRecord, "adoptedRole">,
  view: JudgedView,
  { pass }: PassOfAccount,
): Pick<KeyRecord, "adoptedRole"> {
  const { adoptedRole: adopted } = kept;
  if (adopted === undefined || writesOf(view, adopted.arn).length === 0) return kept;
  const changedAtMs = adopted.changedAtMs ?? pass.startedAtMs;
  return { adoptedRole: { ...adopted, changedAtMs, lastWritten: null } };
}

function isOurs(role: LiveRole, binding: DesiredBinding, { pass }: PassOfAccount): boolean {
  return hasOwnershipTags(role.tags, ownerOf(binding), pass.instance);
}

/** Writes of the role that were made, or may have been made, other than those of the ownership tags. */
function writesOf({ writes }: JudgedView, arn: string): readonly Action[] {
  const made = writes.filter(({ kind }) => kind !== "not-made").map(({ action }) => action);
  return changesOf(made, arn);
}

/** The actions that change more of the role than its ownership tags. */
export function changesOf(actions: readonly Action[], arn: string): readonly Action[] {
  return actions.filter(
    ({ target, call, step }) => target === arn && !(call === "iam:TagRole" && step === stepNumber("restore")),
  );
}
