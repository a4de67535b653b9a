import type { AuditFact } from "../../audit/entry.ts";
import { isUnread, orderedPlan } from "../../judge/approvals/ordered-undo.ts";
import { undoFinding } from "../../judge/plan-subject.ts";
import {
  begunMsOf,
  hasUndoOrderEnded,
  isOfOrder,
  type OrderedUndo,
  stoppedBy,
} from "../../model/keys/undo-order.ts";
import type { AdoptionUndoRecord, AdoptionUndoStatus } from "../../model/keys/adoption-undo.ts";
import type { Subject } from "../../judge/subject.ts";
import type { Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { isDenied, isTerminal, type FailedWrite, type OutcomeView } from "../outcome/outcome.ts";
import type { SeenPass } from "./seen.ts";

interface SettledUndo {
  readonly record: Pick<KeyRecord, "adoptionUndo">;
  /** Empty: no undo is shown. */
  readonly status: { readonly undo?: AdoptionUndoStatus };
  readonly facts: readonly AuditFact[];
}

const NONE: SettledUndo = { record: {}, status: {}, facts: [] };

/** The undo of a binding's adoption after a pass. */
export function undoAfter(view: OutcomeView, before: KeyRecord, seen: SeenPass): SettledUndo {
  const { ordered } = view;
  if (ordered === null) return afterOrder(before);
  const known = isOfOrder(before.adoptionUndo, ordered) ? before.adoptionUndo : null;
  const begunMs = begunMsOf(before.adoptionUndo, ordered) ?? known?.begunMs ?? begunBy(view, seen);
  const { state, reason, resumes } = foundAfter(known, view, { ordered, begunMs, seen });
  const isSame = known?.state === state;
  const record: AdoptionUndoRecord = {
    subject: ordered.order.subject,
    way: ordered.order.way,
    to: ordered.order.to,
    actor: ordered.suspension.actor,
    orderedMs: Date.parse(ordered.suspension.at),
    begunMs,
    state,
    ...(resumes === true && { resumes }),
    sinceMs: isSame ? known.sinceMs : seen.nowMs,
    reason,
    until: ordered.suspension.until,
  };
  const isNews = state !== "running" && (!isSame || known.reason !== reason);
  return {
    record: { adoptionUndo: record },
    status: { undo: undoStatus(record) },
    facts: isNews ? [factOf(view, record)] : [],
  };
}

/** The record of the undo before its first call. */
export function begun(
  ordered: OrderedUndo,
  { adoptionUndo }: Pick<KeyRecord, "adoptionUndo">,
  nowMs: number,
): AdoptionUndoRecord {
  if (isOfOrder(adoptionUndo, ordered)) return { ...adoptionUndo, begunMs: adoptionUndo.begunMs ?? nowMs };
  const { order, suspension } = ordered;
  const { subject, way, to } = order;
  return {
    subject,
    way,
    to,
    actor: suspension.actor,
    orderedMs: Date.parse(suspension.at),
    begunMs: begunMsOf(adoptionUndo, ordered) ?? nowMs,
    state: "running",
    sinceMs: nowMs,
    reason: null,
    until: suspension.until,
  };
}

function factOf(
  { subject: { key } }: OutcomeView,
  { state, subject, to, actor, reason }: AdoptionUndoRecord,
): AuditFact {
  return state === "done"
    ? { kind: "adoption-undone", key, subject, to, actor }
    : { kind: "adoption-undo-stopped", key, subject, to, actor, reason: reason ?? "" };
}

/** Its order has ended. A finished undo stays known until the function is adopted again. */
function afterOrder(before: KeyRecord): SettledUndo {
  const { adoptionUndo: undo } = before;
  if (undo?.state !== "done" || isAdoptedAgain(before, undo)) return NONE;
  const record = { ...undo, until: null };
  return { record: { adoptionUndo: record }, status: { undo: undoStatus(record) }, facts: [] };
}

function isAdoptedAgain({ adoption, adoptedRole }: KeyRecord, undo: AdoptionUndoRecord): boolean {
  if (undo.way === "in-place") return adoptedRole !== undefined && adoptedRole.atMs > undo.sinceMs;
  return adoption !== undefined && adoption.latestArn !== undo.to;
}

function undoStatus(record: AdoptionUndoRecord): AdoptionUndoStatus {
  const { subject, state, way, to, actor, orderedMs, reason, until } = record;
  return { subject, state, way, to, actor, at: new Date(orderedMs).toISOString(), reason, until };
}

type FoundUndo = Pick<AdoptionUndoRecord, "state" | "reason" | "resumes">;

interface UndoFacts {
  readonly ordered: OrderedUndo;
  readonly begunMs: number | null;
  readonly seen: SeenPass;
}

/** The same order does not undo a function a second time, even if someone changes it back. */
function foundAfter(known: AdoptionUndoRecord | null, view: OutcomeView, facts: UndoFacts): FoundUndo {
  if (known?.state === "done" || (known?.state === "stopped" && view.kind === "unjudged")) return known;
  const now = found(view, facts);
  // An undo that has stopped may be found done, and otherwise waits for another order.
  return known !== null && hasUndoOrderEnded(known) && now.state !== "done" ? known : now;
}

function found(view: OutcomeView, { ordered, begunMs, seen }: UndoFacts): FoundUndo {
  if (view.kind === "unjudged") {
    const reason = view.outcome.kind === "unknown" ? view.outcome.reason : "its manifest has an error";
    return { state: "running", reason };
  }
  if (view.failure !== null) return failed(view.failure);
  if (view.readBack?.kind === "not-read")
    return { state: "running", reason: `AWS was not read after the last write: ${view.readBack.reason}` };
  const { pass, live, writes, nowMs } = seen;
  const finding = undoFinding(withBegun(view.subject, ordered, begunMs), { ...pass, live, writes, nowMs });
  if (finding.kind === "nothing") return { state: "done", reason: null };
  const other = stoppedBy(view.subject.key, pass.suspensions);
  if (other !== null) return { state: "stopped", reason: `suspended by ${other.actor}: ${other.reason}` };
  const plan = orderedPlan(finding, ordered);
  if (typeof plan === "string") return { state: isUnread(finding) ? "running" : "stopped", reason: plan };
  if (view.skipped?.kind === "stalled") return { state: "stopped", reason: view.skipped.stalled.message };
  const [note] = finding.kind === "planned" && plan.nextDueMs === null ? finding.notes : [];
  return { state: "running", reason: ordered.order.way === "in-place" ? (note ?? null) : null };
}

/** The record of the subject is older than the calls of this pass, which no one else made. */
function withBegun(subject: Subject, ordered: OrderedUndo, begunMs: number | null): Subject {
  if (begunMs === null) return subject;
  const { record } = subject;
  return { ...subject, record: { ...record, adoptionUndo: begun(ordered, record, begunMs) } };
}

/** Missing access is tried again slowly, so an operator must act now: the undo continues by itself after that. */
function failed(failure: FailedWrite): FoundUndo {
  const { message } = failure.error;
  if (isDenied(failure.error))
    return {
      state: "stopped",
      reason: `${message}; the undo continues when this access is granted`,
      resumes: true,
    };
  return { state: isTerminal(failure) ? "stopped" : "running", reason: message };
}

function begunBy(view: OutcomeView, { nowMs }: SeenPass): number | null {
  return view.kind === "judged" && view.writes.length > 0 ? nowMs : null;
}

/** Without the differences from Git that the undo made: no one else changed them in AWS. */
export function withoutUndone(
  drifts: readonly Drift[],
  { ordered }: Pick<OutcomeView, "ordered">,
): readonly Drift[] {
  return ordered === null ? drifts : drifts.filter((drift) => !isOfUndo(drift, ordered));
}

function isOfUndo(drift: Drift, ordered: OrderedUndo): boolean {
  const { way, to } = ordered.order;
  return way === "switch" ? drift.change.kind === "function-role" && drift.live === to : drift.subject === to;
}
