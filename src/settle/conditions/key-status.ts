import { approvalOfPart } from "../../model/approval.ts";
import { isBindingKey, keyParts } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { revisionOf } from "../../model/records/key-revision.ts";
import type { DriftStatus, KeyStatus } from "../../model/status.ts";
import { recordedDelta } from "../../iam/row-text.ts";
import { joinedDelta } from "../../model/delta.ts";
import { confirmedDrifts, driftFingerprint } from "../../model/drift.ts";
import type { AttributedDrift, Attribution } from "../../model/changes/attribution.ts";
import { actorText } from "../../model/changes/author-text.ts";
import { attributedDrifts } from "../outcome/attributed-drifts.ts";
import { toConditions, type Assessment } from "./conditions.ts";
import { type Pass, modeOf } from "../../judge/subject.ts";
import type { JudgedView, OutcomeView } from "../outcome/outcome.ts";

/** The parts of a function that Grantkeeper does not compare: "in sync" does not cover them. */
const NOT_WATCHED = [
  "event source mappings",
  "function URL settings",
  "layers and environment",
  "resource policies of other services",
] as const;

/** Aliases and versions are read in turns, and the first one may be some sweeps away. */
function notWatched({ undeclaredQualifiers: known }: KeyRecord): readonly string[] {
  const times = { aliases: known?.lastMs ?? null, versions: known?.versions?.lastMs ?? null };
  const unread = Object.entries(times).flatMap(([name, lastMs]) => (lastMs === null ? [name] : []));
  const parts =
    unread.length === 0 ? [] : [`policies on undeclared ${unread.join(" and ")} until they were read once`];
  return [...NOT_WATCHED, ...parts].sort();
}

interface StatusFacts {
  readonly pass: Pass;
  readonly assessment: Assessment;
  /** With the changes of the pass, apart from the status. */
  readonly record: KeyRecord;
  /** ISO 8601 */
  readonly nowIso: string;
}

/** The last sweep before this pass that read and compared the key, or the oldest reading that it kept. */
export function verifiedBefore(before: KeyStatus | null, { history }: Pick<Pass, "history">): string | null {
  if (before?.verifiedUntil !== undefined) return before.verifiedUntil;
  const { lastSweepMs, oldestPolicyReadMs = Infinity } = history.record;
  // An unknown status without the field is of a version that did not record it.
  return before === null || before.sync === "Unknown" || lastSweepMs === null
    ? null
    : new Date(Math.min(lastSweepMs, isBindingKey(before.key) ? oldestPolicyReadMs : Infinity)).toISOString();
}

/** A key's status as the API shows it. It never contains durations or counts of attempts, so that nothing flaps. */
export function statusOf(view: OutcomeView, { pass, assessment, record, nowIso }: StatusFacts): KeyStatus {
  const parts = keyParts(record.key);
  const before = record.status;
  // Parts that were not read keep their last known value, and drift that was not compared has not ended.
  const isCompared = view.kind === "judged";
  const isUnknown = view.kind === "unjudged" && view.outcome.kind === "unknown";
  return {
    key: record.key,
    account: pass.account.name,
    accountId: parts.accountId,
    region: parts.kind === "function" ? parts.region : null,
    mode: modeOf(view.subject, pass),
    sync: assessment.sync,
    health: assessment.health,
    lastAttemptedRevision:
      view.kind === "judged" && view.writes.length > 0
        ? revisionOf(record.key, pass)
        : (before?.lastAttemptedRevision ?? null),
    lastAppliedRevision: record.applied?.revision ?? null,
    inventory: record.inventory,
    drift: isCompared ? driftStatus(view, record, { pass, nowIso }) : (before?.drift ?? null),
    plan: isUnknown ? (before?.plan ?? null) : planStatus(view),
    conditions: toConditions(assessment, before?.conditions ?? [], nowIso),
    notWatched: parts.kind === "function" ? notWatched(record) : [],
    ...(isCompared && view.unread.length === 0 ? {} : { verifiedUntil: verifiedBefore(before, pass) }),
  };
}

/** Not in the record of each difference: it is no fact of the difference. */
const NO_QUEUE: Attribution = {
  kind: "unknown",
  reason: "no queue of change events is configured for the account",
};

function driftStatus(
  view: JudgedView,
  record: KeyRecord,
  { pass: { changes }, nowIso }: Pick<StatusFacts, "pass" | "nowIso">,
): DriftStatus | null {
  const drifts = confirmedDrifts(view.drifts);
  if (drifts.length === 0) return null;
  // One that the read after the writes was the first to see is recorded by the next pass.
  const nowMs = Date.parse(nowIso);
  const since = Math.min(...drifts.map((drift) => record.driftSinceMs[driftFingerprint(drift)] ?? nowMs));
  const authors = attributedDrifts(drifts, record.openDrifts ?? {}, changes ? undefined : NO_QUEUE);
  return {
    since: new Date(since).toISOString(),
    fields: [...new Set(drifts.map((drift) => drift.change.kind))].sort(),
    delta: recordedDelta(joinedDelta(drifts.map(({ delta }) => delta))),
    actor: onlyActor(authors),
    authors,
  };
}

function onlyActor(authors: readonly AttributedDrift[]): string | null {
  const names = authors.map(({ attribution }) =>
    attribution.kind === "named" ? actorText(attribution.change.actor) : null,
  );
  const [only = null, ...others] = new Set(names);
  return others.length === 0 ? only : null;
}

function planStatus(view: OutcomeView): KeyStatus["plan"] {
  if (view.kind === "unjudged") return null;
  const { digest, actions, withheld, approvable } = view.plan;
  const approved = approvable
    .filter((part) => approvalOfPart(part, view.judged.approved) !== null)
    .flatMap((part) => part.actions);
  return {
    digest,
    actions: actions.length + approved.length,
    withheld: withheld.map(({ reason }) => reason),
  };
}
