import { waitsByItself } from "../../model/verdict.ts";
import { approvalOfPart } from "../../model/approval.ts";
import { approvedPartText } from "../../plan/render/approved/approved-text.ts";
import { arnParts, functionInArn, nameInArn } from "../../model/aws/arn.ts";
import { missingActionOf, type AwsError } from "../../model/aws/errors/aws-error.ts";
import { homeRegionOf } from "../../model/aws/endpoints.ts";
import { joinedDelta } from "../../model/delta.ts";
import { driftRisks, type Drift } from "../../model/drift.ts";
import { driftLine } from "../../plan/render/drift-line.ts";
import { contentionKey } from "../../plan/inputs/contention.ts";
import { byKey } from "../../text/order.ts";
import { keepOf } from "./keep.ts";
import { endedStates } from "./ended-states.ts";
import { holdAlerts } from "./hold-alerts.ts";
import { attributedDrifts } from "../outcome/attributed-drifts.ts";
import { isSecurity } from "../drift/new-drifts.ts";
import { type Pass, lastAppliedState, desiredOf } from "../../judge/subject.ts";
import type { SettledKey } from "../key/settle-key.ts";
import { isBinding } from "../../model/desired.ts";
import { accessDenied } from "../../model/records/access-denied.ts";
import type { AlertEvent, NextStep } from "../../model/alert-event.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { Condition } from "../../model/status.ts";
import { type DonePass, type OutcomeView, isDenied } from "../outcome/outcome.ts";

/** A larger number of alerts is sent as one digest, without proposals. */
export const MANY = 50;

interface AlertContext {
  readonly result: Pick<DonePass, "pass" | "outcomes">;
  /** ISO 8601 */
  readonly nowIso: string;
  /** The names of what people were alerted to and what has not ended. */
  readonly openIncidents: ReadonlySet<string>;
}

/** The alerts of a pass: one for each incident when it begins and one when it ends. */
export function alertsOf(
  { result, nowIso, openIncidents }: AlertContext,
  keys: readonly SettledKey[],
  holds: readonly Hold[],
): readonly AlertEvent[] {
  const { pass } = result;
  const proposes = keys.filter(({ alerted }) => alerted.length > 0).length <= MANY;
  const first = keys.filter(({ view }) => view.subject.record.status === null);
  const known = keys.filter(({ view }) => view.subject.record.status !== null);
  return [
    ...firstComparison(pass, first),
    ...known.flatMap((key) => keyAlerts(pass, key, { nowIso, proposes })),
    ...failureAlerts(pass, keys),
    ...holdAlerts(result, keys, holds),
    ...endedStates(result, keys, openIncidents),
  ];
}

/** A binding's first comparison never alerts individually, only in one summary per pass. */
function firstComparison(pass: Pass, keys: readonly SettledKey[]): readonly AlertEvent[] {
  if (keys.length === 0) return [];
  const differing = keys.filter(({ view }) => view.drifts.length > 0);
  const findings = differing.flatMap(({ view: { subject, drifts } }) =>
    drifts.flatMap((drift) => {
      const risks = driftRisks(drift);
      return risks.length === 0 ? [] : [{ key: subject.key, text: driftLine(drift), risks }];
    }),
  );
  return [
    {
      kind: "first-comparison",
      account: pass.account.name,
      compared: keys.length,
      differ: differing.length,
      findings,
    },
  ];
}

function keyAlerts(
  pass: Pass,
  settled: SettledKey,
  { nowIso, proposes }: { readonly nowIso: string; readonly proposes: boolean },
): readonly AlertEvent[] {
  const { view, opened, openDrifts, alerted } = settled;
  return [
    ...(alerted.length > 0 ? [driftOpened(pass, view, { drifts: alerted, openDrifts, proposes })] : []),
    ...closedAlerts(pass, settled, nowIso),
    ...authorAlerts(pass, settled),
    ...contendedAlerts(pass, settled),
    ...refusedAlerts(pass, settled),
    ...undoAlerts(pass, settled),
    ...recreatedAlerts(pass, view.subject.key, opened),
  ];
}

function closedAlerts(pass: Pass, { view, incident }: SettledKey, at: string): readonly AlertEvent[] {
  if (incident.ended === null) return [];
  const { how, sinceMs, lastCleanMs } = incident.ended;
  return [
    {
      kind: "drift-closed",
      key: view.subject.key,
      account: pass.account.name,
      how,
      since: new Date(sinceMs).toISOString(),
      lastCleanAt: lastCleanMs === null ? null : new Date(lastCleanMs).toISOString(),
      at,
    },
  ];
}

/** Only of differences that people were alerted to; one for each alert. */
function authorAlerts(pass: Pass, { view, lateAuthors }: SettledKey): readonly AlertEvent[] {
  const alerted = lateAuthors.filter(({ drift }) => drift.alertedAs !== null);
  return [...Map.groupBy(alerted, ({ drift }) => drift.sinceMs)].map(([sinceMs, found]) => ({
    kind: "drift-author-found",
    key: view.subject.key,
    account: pass.account.name,
    severity: found.some(({ drift }) => drift.alertedAs === "security") ? "security" : "other",
    since: new Date(sinceMs).toISOString(),
    authors: found.map(({ difference, attribution }) => ({ difference, attribution })),
  }));
}

interface OpenedDrifts {
  readonly drifts: readonly Drift[];
  /** By fingerprint, including those of `drifts`. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
  readonly proposes: boolean;
}

export function driftOpened(
  pass: Pass,
  view: OutcomeView,
  { drifts, openDrifts, proposes }: OpenedDrifts,
): AlertEvent {
  const { subject } = view;
  const state = desiredOf(subject) ?? lastAppliedState(subject.record);
  const functionName = state !== null && isBinding(state) ? state.functionName : subject.key;
  const delta = joinedDelta(drifts.map((drift) => drift.delta));
  return {
    kind: "drift-opened",
    key: subject.key,
    functionName,
    account: pass.account.name,
    severity: drifts.some(isSecurity) ? "security" : "other",
    since: new Date(pass.startedAtMs).toISOString(),
    summary: drifts.map(driftLine),
    delta,
    next: nextStep(view),
    authors: attributedDrifts(drifts, openDrifts),
    lookUp: lookUp(drifts, pass),
    keep: proposes ? keepOf(state, delta) : null,
  };
}

function nextStep(view: OutcomeView): NextStep {
  if (view.kind === "unjudged") return leftAlone("it could not be compared");
  const { judged, skipped, failure } = view;
  if (failure !== null) return leftAlone(`the change was not applied: ${failure.error.message}`);
  // An undo was written: nothing of Git is, as long as it is in force.
  if (view.ordered !== null) return { kind: "suspended", until: view.ordered.suspension.until };
  if (skipped === null) return { kind: "reverting-now" };
  if (skipped.kind === "observe") return { kind: "observe-only" };
  if (skipped.kind === "suspended") return { kind: "suspended", until: skipped.suspension.until };
  if (judged.verdict.kind === "refuse") return leftAlone(`the plan is refused: ${judged.verdict.reason}`);
  if (skipped.kind === "stalled") return leftAlone(`AWS refused the same change: ${skipped.stalled.message}`);
  if (skipped.kind === "read-failed") return leftAlone(`the read failed: ${skipped.error.message}`);
  if (judged.verdict.kind === "hold" && waitsByItself(judged.verdict.code))
    return ofWaitingChange(judged.verdict.reason, judged.undo);
  if (judged.verdict.kind === "hold") return { kind: "needs-approval", subject: judged.verdict.subject };
  const { approvable, nextDueMs } = judged.plan;
  const part = approvable.find((one) => approvalOfPart(one, judged.approved) === null);
  if (part !== undefined) return { kind: "needs-approval", subject: part.digest };
  if (nextDueMs !== null) return { kind: "reverting-at", at: new Date(nextDueMs).toISOString() };
  for (const one of approvable) {
    const text = approvedPartText(one, { ...judged, drifts: view.drifts });
    if (text !== null) return leftAlone(text);
  }
  const [withheld] = judged.plan.withheld;
  if (withheld === undefined) return { kind: "reverting-now" };
  const { reason, fix } = withheld;
  return leftAlone(fix === null ? reason : `${reason}; ${fix}`);
}

/** While a change waits by itself, drift is reverted to the last applied state. */
function ofWaitingChange(reason: string, undo: KeyPlan | null): NextStep {
  const dueMs = undo?.nextDueMs ?? null;
  return dueMs === null ? leftAlone(reason) : { kind: "reverting-at", at: new Date(dueMs).toISOString() };
}

function leftAlone(reason: string): NextStep {
  return { kind: "left-alone", reason };
}

/** CloudTrail knows the author: IAM's events are in the partition's IAM region, Lambda's in their own. */
function lookUp(drifts: readonly Drift[], pass: Pass): string | null {
  const [subject = ""] = drifts.map((drift) => drift.subject);
  const lambda = functionInArn(subject);
  const name = lambda?.name ?? nameInArn(arnParts(subject).resource);
  const at = lambda?.region ?? homeRegionOf(pass.account.partition);
  if (name === "") return null;
  return `aws cloudtrail lookup-events --region ${at} --lookup-attributes AttributeKey=ResourceName,AttributeValue=${name}`;
}

/** One alert for each missing permission, when it is found missing; not repeated while it stays missing. */
function failureAlerts(pass: Pass, keys: readonly SettledKey[]): readonly AlertEvent[] {
  const known = [...pass.records.values()]
    .flatMap(({ status }) => status?.conditions ?? [])
    .filter(({ reason }) => reason === "AccessDenied");
  const missing = new Map<string, AwsError>();
  for (const { view } of keys) {
    const error = view.failure?.error;
    if (error === undefined || !isDenied(error)) continue;
    const action = missingActionOf(error);
    if (!missing.has(action) && !known.some((condition) => isAbout(condition, action)))
      missing.set(action, error);
  }
  return [...missing].map(([call, error]) => accessDenied(pass.account, call, error));
}

function isAbout({ missingAction, message }: Condition, action: string): boolean {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- conditions of 0.1 have only the text
  return missingAction === undefined ? message.includes(action) : missingAction === action;
}

/** One alert when reverts stop, with the fields that another party keeps setting. */
function contendedAlerts(pass: Pass, { view, assessment }: SettledKey): readonly AlertEvent[] {
  const { drifted } = assessment;
  if (view.kind === "unjudged" || drifted === null || drifted === "as-before") return [];
  const { key, record } = view.subject;
  const before = record.status?.conditions.find((condition) => condition.type === "Drifted");
  if (drifted.reason !== "Contended" || before?.reason === "Contended") return [];
  const contended = view.plan.withheld.filter(({ kind }) => kind === "contended");
  const subjects = new Set(contended.map(({ subject }) => subject));
  const fields = new Map(
    view.drifts
      .filter(({ subject, tier }) => subjects.has(subject) && tier !== "metadata")
      .map((drift) => [drift.change.kind, record.revertsMs[contentionKey(drift)]?.length ?? 0] as const)
      .filter(([, times]) => times > 0),
  );
  if (fields.size === 0) return [];
  const listed = [...fields].sort(byKey).map(([field, times]) => ({ field, times }));
  return [{ kind: "contended", key, account: pass.account.name, fields: listed }];
}

function refusedAlerts(pass: Pass, { facts, record }: SettledKey): readonly AlertEvent[] {
  const refused = facts.find((fact) => fact.kind === "plan-refused");
  if (refused === undefined) return [];
  const { key, reason } = refused;
  const applied = record?.applied?.revision ?? null;
  return [{ kind: "refused", key, account: pass.account.name, reason, applied }];
}

function undoAlerts(pass: Pass, { facts, record }: SettledKey): readonly AlertEvent[] {
  const account = pass.account.name;
  return facts.flatMap((fact): readonly AlertEvent[] => {
    if (fact.kind === "adoption-undone") {
      const { kind, key, to: role, actor } = fact;
      return [{ kind, key, account, role, actor, until: record?.adoptionUndo?.until ?? null }];
    }
    if (fact.kind !== "adoption-undo-stopped") return [];
    const { kind, key, to: role, reason } = fact;
    return [{ kind, key, account, role, reason }];
  });
}

export function recreatedAlerts(pass: Pass, key: Key, opened: readonly Drift[]): readonly AlertEvent[] {
  return opened
    .filter((drift) => drift.change.kind === "role-recreated")
    .map((drift) => ({
      kind: "role-recreated",
      key,
      account: pass.account.name,
      role: drift.subject,
    }));
}
