import { shortDigits } from "../../../model/rules/approval-subject.ts";
import { isEveryone } from "../../../model/aws/principal.ts";
import type { ActionItem } from "../../../api/action-required.ts";
import type { Drift, DriftRisk } from "../../../model/drift.ts";
import { driftFingerprint, driftRisks } from "../../../model/drift.ts";
import type { RecordedRow } from "../../../model/delta.ts";
import { recorded } from "../../../plan/render/recorded.ts";
import { changedName } from "../../../plan/render/revert.ts";
import type { Digest } from "../../../model/values/digest.ts";
import { approvedPartText, heldBackAfter } from "../../../plan/render/approved/approved-text.ts";
import { ruleNames } from "../../../model/rules/refusal.ts";
import { suspensionOf } from "../../../model/keys/suspension-scope.ts";
import type { Reader } from "../../request/reader.ts";
import { hidesRecorded, hidesRole, hidesRoles } from "../../request/reader.ts";

import { isoTime } from "../metadata.ts";
import type { KeyFacts } from "./context.ts";
import { deployHint, isOtherRole, otherRoleText } from "./other-role.ts";

const KIND = { exposure: "exposed", escalation: "escalated" } as const satisfies Record<DriftRisk, string>;

/** Access beyond what is declared, and why it is not reverted. */
export function accessItems(reader: Reader, facts: KeyFacts): readonly ActionItem[] {
  const isSeen = isCompared(facts);
  const accessOf = (risk: DriftRisk): ReportedAccess | null =>
    isSeen ? seenAccess(facts, risk) : recordedAccess(facts, risk);
  const escalation = accessOf("escalation");
  return (["exposure", "escalation"] as const).flatMap((risk): readonly ActionItem[] => {
    const found = risk === "escalation" ? escalation : accessOf(risk);
    if (found === null) return [];
    // One cause, one item: another role that allows both is escalated.
    if (risk === "exposure" && found.isOfOtherRole && escalation?.isOfOtherRole === true) return [];
    const isHidden =
      isSeen && facts.view !== null ? hidesRole(reader, facts.view) : hidesRecorded(reader, facts.view);
    const removals = isSeen ? approvedRemovals(facts, risk, reader.nowMs) : [];
    return [
      {
        kind: KIND[risk],
        key: facts.key,
        target: facts.target,
        message: risk === "exposure" ? exposureText(found) : escalationText(found),
        details: isHidden
          ? []
          : [...found.details, ...removals.map(({ text }) => text), ...brokenRules(reader, facts, risk)],
        hint: found.isOfOtherRole ? deployHint(facts) : hintOf(reader, facts, removals),
        security: true,
        since: found.since,
      },
    ];
  });
}

/** The rules that would refuse it if Git declared it; about callers for an exposure. `grantkeeper rules` has them all. */
function brokenRules(reader: Reader, { view }: KeyFacts, risk: DriftRisk): readonly string[] {
  if (view === null || hidesRoles(reader, view)) return [];
  const broken = view.liveRules.breaches.filter(
    ({ rule, severity }) => severity === "block" && rule.startsWith("INV-") === (risk === "exposure"),
  );
  const [first, ...others] = [...new Set(broken.map(({ rule }) => rule))];
  if (first === undefined) return [];
  const command =
    others.length === 0 && !first.endsWith("*") ? `grantkeeper rules show ${first}` : "grantkeeper rules";
  return [`breaks ${ruleNames(broken)}: ${command}`];
}

interface ReportedAccess {
  readonly rows: readonly RecordedRow[];
  readonly details: readonly string[];
  readonly since: string | null;
  /** All of it comes from another role than the declared one, so no change of the declared role ends it. */
  readonly isOfOtherRole: boolean;
}

/** As the last pass read it. */
function seenAccess(facts: KeyFacts, risk: DriftRisk): ReportedAccess | null {
  const { view, record } = facts;
  const drifts = (view?.drifts ?? []).filter(
    (drift) => drift.certainty === "confirmed" && driftRisks(drift).includes(risk),
  );
  if (drifts.length === 0) return null;
  const times = drifts.flatMap((drift) => record.driftSinceMs[driftFingerprint(drift)] ?? []);
  return {
    rows: drifts.map(recorded).flatMap(({ delta }) => delta.allowed),
    details: [...new Set(drifts.map((drift) => detailOf(drift, facts)))].sort(),
    isOfOtherRole: drifts.every(isOtherRole),
    since: times.length === 0 ? null : isoTime(Math.min(...times)),
  };
}

const FROM = {
  initial: "not declared, and no revision was applied yet",
  upstream: "changed by AWS",
} as const;

function detailOf(drift: Drift, facts: KeyFacts): string {
  const { change, cause } = drift;
  if (isOtherRole(drift)) return otherRoleText(drift, facts);
  const isOfQualifier = change.kind === "statement-extra" && change.qualifier !== null;
  if (cause === "initial" && isOfQualifier && facts.status.lastAppliedRevision !== null)
    return `${changedName(change)}, not declared, and there when its policy was first read`;
  const from = cause === "initial" || cause === "upstream" ? FROM[cause] : "added in AWS, not declared";
  return `${changedName(change)}, ${from}`;
}

/** The last pass compared it, and so made a plan: it was read, and there was a state to compare with. */
function isCompared({ view }: KeyFacts): boolean {
  return view !== null && view.plan !== null;
}

/** From the record: this process has not read it yet, or has nothing to compare with since its manifest has an error. */
function recordedAccess({ status }: KeyFacts, risk: DriftRisk): ReportedAccess | null {
  const rows = (status.drift?.delta.allowed ?? []).filter((row) => row.risk === risk);
  if (rows.length === 0) return null;
  const places = rows.map(({ sid, from }) => (sid === null ? from : `statement "${sid}"`));
  return {
    rows,
    isOfOtherRole: false,
    details: [...new Set(places)].sort().map((place) => `${place}, as last read`),
    since: status.drift?.since ?? null,
  };
}

function escalationText({ isOfOtherRole, rows }: ReportedAccess): string {
  const escalating = rows.filter(({ risk }) => risk === "escalation");
  // A row of a Deny: the declared role denies it, and nothing that was read allows it here.
  if (isOfOtherRole && escalating.length > 0 && escalating.every(({ effect }) => effect === "Deny"))
    return "it runs on another role, without a Deny of the declared one or its boundary";
  const text = "permissions beyond the declared ones";
  return isOfOtherRole ? `it runs on another role, with ${text}` : `it has ${text}`;
}

function exposureText({ rows, isOfOtherRole }: ReportedAccess): string {
  const exposing = rows.filter(({ risk }) => risk === "exposure");
  const callers = exposing.flatMap(({ principal }) => principal ?? []);
  if (callers.some(isEveryone)) return "anyone can invoke it";
  // Rows of the role: resources that it may open, for example the function's own resource policy.
  if (exposing.length > 0 && callers.length === 0)
    return `${isOfOtherRole ? "it runs on another role, which" : "it"} can open resources to others`;
  return "a caller that is not declared can use it";
}

/** An approved part of the plan that ends such access. */
interface ApprovedRemoval {
  readonly digest: Digest;
  readonly text: string;
  /** A closed change window holds it back. */
  readonly isWaiting: boolean;
}

/** The access is open until such a part is written, and nothing is left to approve. */
function approvedRemovals({ view }: KeyFacts, risk: DriftRisk, nowMs: number): readonly ApprovedRemoval[] {
  if (view === null) return [];
  const { plan, drifts, heldBack } = view;
  // An approval that has ended since the pass is none.
  const approved = view.approved.filter(({ until }) => Date.parse(until) > nowMs);
  return (plan?.approvable ?? []).flatMap((part): readonly ApprovedRemoval[] => {
    const ends = part.actions.some(({ delta }) => delta.noLongerAllowed.some((row) => row.risk === risk));
    const text = ends ? approvedPartText(part, { approved, drifts, heldBack }) : null;
    if (text === null) return [];
    const isWaiting = heldBackAfter(part, heldBack) !== null;
    return [{ digest: part.digest, text: `its removal is ${text}`, isWaiting }];
  });
}

/** How the access ends: by an approval, the end of a suspension, or enforcing. */
function hintOf(
  reader: Reader,
  { key, status, view, target }: KeyFacts,
  removals: readonly ApprovedRemoval[],
): string {
  const hold = reader.world.holdOf.get(key);
  if (hold !== undefined) return `grantkeeper describe approval ${shortDigits(hold.subject)}`;
  const suspension = suspensionOf(key, reader.world.overview.suspensions);
  if (suspension !== undefined) return `grantkeeper resume ${suspension.id} --reason TEXT`;
  if (status.mode === "observe")
    return "remove it in AWS, or enforce the account: nothing is written in observe";
  const open = (view?.plan?.withheld ?? []).filter(
    ({ approval }) => !removals.some(({ digest }) => digest === approval),
  );
  const fix = open.flatMap((one) => one.fix ?? [])[0];
  if (fix !== undefined) return fix;
  const isWaiting = removals.some((one) => one.isWaiting);
  return isWaiting ? "to end it before that, remove it in AWS" : `grantkeeper describe ${target}`;
}
