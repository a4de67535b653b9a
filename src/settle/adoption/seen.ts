import { desiredDocuments, rolePermissions } from "../../diff/documents/permissions.ts";
import { hasOwnershipTags, ownerOf, roleOwnership } from "../../diff/drift/ownership.ts";
import { adoptedRoleOf, isTakingOver } from "../../diff/role/take-over.ts";
import { unmetNeeds } from "../../diff/function/needs.ts";
import { compareUsedRole } from "../../diff/function/used-role.ts";
import { lastAppliedState, desiredOf, forbiddenOf, modeOf } from "../../judge/subject.ts";
import { isBinding, type DesiredBinding } from "../../model/desired.ts";
import type { DriftChange } from "../../model/drift.ts";
import type { AliasReading, NeedReading, VersionElsewhere } from "../../model/keys/adoption.ts";
import { liveFunction, liveRole, type LiveFunction, type LiveRole } from "../../model/live.ts";
import { byText } from "../../text/order.ts";
import type { DonePass, JudgedView, OutcomeView } from "../outcome/outcome.ts";
import type { AdoptionFacts, DeclaredRoleFacts } from "./adoption-facts.ts";
import { pendingSteps } from "./pending-steps.ts";

export type SeenPass = Pick<DonePass, "pass" | "live" | "writes" | "swept"> & { readonly nowMs: number };

/** What the pass saw of a binding's adoption; null for what is no binding, released, or no longer declared. */
export function seenOf(view: OutcomeView, seen: SeenPass): AdoptionFacts | null {
  const { subject } = view;
  const binding = desiredOf(subject) ?? lastAppliedState(subject.record);
  if (binding === null || !isBinding(binding) || subject.kind === "removed") return null;
  if (binding.released === true) return null;
  const forbidden = forbiddenOf(subject);
  if (forbidden !== null) return { kind: "unread", reason: forbidden };
  if (view.kind === "unjudged") {
    const reason = view.outcome.kind === "unknown" ? view.outcome.reason : "its manifest has an error";
    return { kind: "unread", reason };
  }
  if (view.readBack?.kind === "not-read")
    return { kind: "unread", reason: `AWS was not read after the last write: ${view.readBack.reason}` };
  const found = liveFunction(seen.live, binding.region, binding.functionName);
  if (found.kind === "unknown") return { kind: "unread", reason: found.reason };
  if (found.kind === "absent") return { kind: "no-function" };
  return {
    kind: "seen",
    functionName: binding.functionName,
    declaredArn: binding.role.arn,
    roleArn: found.value.roleArn,
    aliases: aliasFacts(found.value, binding.role.arn),
    compare: (arn) => compareUsedRole(binding, arn, { ...seen.pass, live: seen.live }),
    needs: () => needFacts(binding, found.value, seen),
    ownRole: ownRole(binding, view, seen),
    isTakingOver: isTakingOver(binding, subject.record),
    pending: pendingSteps(binding, found.value, view),
    mode: modeOf(subject, seen.pass),
    isApplied: isAppliedTo(binding, view),
    isSilent: isSilent(view),
    isSweep: seen.swept,
  };
}

function aliasFacts({ aliases, versions, roleArn }: LiveFunction, declaredArn: string): AliasReading {
  if (aliases.kind === "not-requested") return { kind: "not-asked", elsewhere: [] };
  if (aliases.kind !== "present") return failed(reasonOf(aliases));
  const served = new Map<string, string[]>();
  for (const { name, versions: run } of aliases.value)
    for (const version of run) served.set(version, [...(served.get(version) ?? []), name]);
  const elsewhere: VersionElsewhere[] = [];
  for (const [version, names] of served) {
    const arn = version === "$LATEST" ? roleArn : roleOfVersion(versions, version);
    if (arn === null) return failed(`version ${version} behind an alias: ${reasonOf(versions)}`);
    if (version !== "$LATEST" && arn !== declaredArn)
      elsewhere.push({ version, aliases: names.sort(byText), roleArn: arn });
  }
  return { kind: "read", elsewhere: elsewhere.sort((a, b) => byText(a.version, b.version)) };
}

function failed(reason: string): AliasReading {
  return { kind: "failed", reason, elsewhere: [] };
}

function roleOfVersion(versions: LiveFunction["versions"], version: string): string | null {
  if (versions.kind !== "present") return null;
  return versions.value.find((one) => one.version === version)?.roleArn ?? null;
}

function reasonOf(reading: LiveFunction["aliases"] | LiveFunction["versions"]): string {
  return reading.kind === "unknown" ? reading.reason : "it was not listed";
}

function needFacts(binding: DesiredBinding, found: LiveFunction, { pass, live }: SeenPass): NeedReading {
  const { triggers } = found;
  if (triggers.kind === "unknown") return { kind: "failed", reason: triggers.reason };
  const declared = rolePermissions(desiredDocuments(binding, pass.texts), { at: binding, live });
  const unmet = unmetNeeds(found, declared, pass.comparer);
  return { kind: triggers.kind === "not-requested" ? "not-asked" : "read", unmet };
}

function ownRole(
  binding: DesiredBinding,
  view: JudgedView,
  { pass, live, writes, nowMs }: SeenPass,
): DeclaredRoleFacts {
  const role = liveRole(live, binding.role.name);
  if (role.kind !== "present") return { isOurs: false, problem: "the declared role does not exist yet" };
  const { record } = view.subject;
  if (isTakingOver(binding, record)) return inPlaceRole(binding, role.value, { record, pass });
  const context = { record, instance: pass.instance, writes };
  const ownership = roleOwnership(role.value, ownerOf(binding), context);
  if (ownership.kind !== "ours" && ownership.kind !== "tags-lost")
    return { isOurs: false, problem: notOurs(ownership) };
  if (view.drifts.some(({ change }) => !OF_FUNCTION.has(change.kind)))
    return { isOurs: true, problem: "the declared role is not as declared in Git" };
  const lastMs = writes.byKey.get(binding.key)?.at(-1)?.atMs ?? null;
  const isSettled = lastMs === null || nowMs - lastMs >= pass.account.propagationWaitMs;
  const waiting = "the propagation wait after the last write of the declared role";
  return { isOurs: true, problem: isSettled ? null : waiting };
}

/** Its policies are compared as they are: they count as complete when the role is claimed and recorded. */
function inPlaceRole(
  binding: DesiredBinding,
  role: LiveRole,
  { record, pass }: Pick<SeenPass, "pass"> & Pick<JudgedView["subject"], "record">,
): DeclaredRoleFacts {
  const isClaimed = hasOwnershipTags(role.tags, ownerOf(binding), pass.instance);
  if (isClaimed && adoptedRoleOf(role.arn, record)?.roleId === role.roleId)
    return { isOurs: true, problem: null };
  return { isOurs: false, problem: "the role is not taken over yet" };
}

function notOurs(ownership: ReturnType<typeof roleOwnership>): string {
  return "reason" in ownership ? ownership.reason : "the declared role was created again by someone else";
}

/** Differences of the function, and changes that AWS made: the role itself is as declared. */
const OF_FUNCTION: ReadonlySet<DriftChange["kind"]> = new Set([
  "function-role",
  "role-not-published",
  "statement-missing",
  "statement-extra",
  "former-statement",
  "upstream-changed",
  "actions-grown",
]);

function isAppliedTo({ role }: DesiredBinding, { subject }: JudgedView): boolean {
  const applied = lastAppliedState(subject.record);
  return applied !== null && isBinding(applied) && applied.role.arn === role.arn;
}

function isSilent({ judged, skipped, plan, unread }: JudgedView): boolean {
  if (judged.verdict.kind !== "allow" || skipped?.kind !== "nothing-due") return false;
  return plan.actions.length === 0 && plan.withheld.length === 0 && unread.length === 0;
}
