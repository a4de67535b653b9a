import type { KeyJudgement } from "../../judge/judgement.ts";
import type { PassContext, Subject } from "../../judge/subject.ts";
import { NOTHING_COMPARED, type PlannedSubject, planSubject } from "../../judge/plan-subject.ts";
import { isSweepCheaper, sweepRequest } from "../../judge/reads.ts";
import { subjectsInScope } from "../../judge/subjects.ts";
import { driftFingerprint } from "../../model/drift.ts";
import type { Key } from "../../model/keys/key.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import { planDigest, type KeyPlan } from "../../model/plan.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { LiveAccount } from "../../model/live.ts";
import { ok, type Result } from "../../model/values/result.ts";
import { UNKNOWN_DRIFT } from "../../settle/drift/ended-drifts.ts";
import type { KeyOutcome, ReadBack } from "../../settle/outcome/outcome.ts";
import type { RunResult } from "./converge.ts";
import { readKeys, type Reads } from "./observe.ts";
import { overlayLive } from "./overlay.ts";

export type SeenAfter =
  | { readonly kind: "live"; readonly live: LiveAccount }
  | { readonly kind: "not-read"; readonly reason: string };

/** The live state of the changed keys now. */
export async function observeWritten(
  pass: PassContext,
  done: readonly RunResult[],
  reads: Reads,
): Promise<SeenAfter> {
  const writtenRuns = done.filter((one) => one.kind === "written" && one.writes.length > 0);
  const subjects = writtenRuns.map((one) => one.run.judged.subject);
  if (writtenRuns.length === 0) return { kind: "live", live: pass.live };
  const seen = await readWritten(pass, subjects, reads);
  return seen.kind === "ok"
    ? { kind: "live", live: seen.value }
    : { kind: "not-read", reason: seen.error.message };
}

async function readWritten(
  pass: PassContext,
  subjects: readonly Subject[],
  reads: Reads,
): Promise<Result<LiveAccount, AwsError>> {
  if (!isSweepCheaper(subjects.length, pass.live)) {
    const fresh = await readKeys(pass, subjects, reads);
    return fresh.kind === "err" ? fresh : ok(overlayLive(pass.live, fresh.value));
  }
  const all = subjectsInScope(pass, { kind: "all" }, pass.live.observedAtMs);
  return reads.live.sweep(sweepRequest(all, pass), reads.signal);
}

/** The outcome of a key with planned writes, compared with the state that was read after them. */
export function outcomeOf(one: RunResult, seen: SeenAfter, after: PassContext): KeyOutcome {
  const { judged, plan } = one.run;
  if (one.kind === "not-written") return { kind: "judged", judged, notApplied: one.why };
  if (one.writes.length === 0) return { kind: "judged", judged, notApplied: { kind: "cut-short" } };
  const readBack = seen.kind === "live" ? compareAgain(judged, plan.purpose, after) : seen;
  return { kind: "written", judged, writes: one.writes, readBack };
}

function compareAgain(judged: KeyJudgement, purpose: KeyPlan["purpose"], after: PassContext): ReadBack {
  const subject = withFoundInAws(judged);
  if (purpose === "adoption-undo") return compareUndone(subject, after);
  const planned = planSubject(subject, purpose, after);
  if (planned?.kind !== "planned") return notCompared(planned);
  // Differences are reported against Git, even if only a part of the plan may be applied.
  const now = purpose === "undo" ? planSubject(subject, "converge", after) : null;
  if (now?.kind === "unknown") return notCompared(now);
  return seenWith((now ?? planned).comparison, planned.plan);
}

/** Compared with Git, which declares something else; the plan is what is left of the undo. */
function compareUndone(subject: Subject, after: PassContext): ReadBack {
  const git = planSubject(subject, "converge", after);
  if (git !== null && git.kind === "unknown") return notCompared(git);
  const left = planSubject(subject, "adoption-undo", after);
  const plan = left?.kind === "planned" ? left.plan : nothingLeft(subject.key);
  return seenWith(git?.comparison ?? NOTHING_COMPARED, plan);
}

/** After the first write, the changes of others that the pass found before are no longer proven by the comparison alone. */
function withFoundInAws({ subject, drifts }: KeyJudgement): Subject {
  const { openDrifts = {} } = subject.record;
  const found = drifts.flatMap((drift): readonly (readonly [string, OpenDrift])[] => {
    const { sinceApplied, comparedWith } = drift;
    if (sinceApplied !== "changed" && comparedWith === undefined) return [];
    const fingerprint = driftFingerprint(drift);
    const facts = { ...(sinceApplied && { sinceApplied }), ...(comparedWith && { comparedWith }) };
    return [[fingerprint, { ...UNKNOWN_DRIFT, ...openDrifts[fingerprint], ...facts }]];
  });
  if (found.length === 0) return subject;
  const record = { ...subject.record, openDrifts: { ...openDrifts, ...Object.fromEntries(found) } };
  return { ...subject, record };
}

function seenWith(
  { drifts, unread, isAsApplied }: Extract<PlannedSubject, { readonly kind: "planned" }>["comparison"],
  plan: KeyPlan,
): ReadBack {
  return { kind: "seen", drifts, unread, plan, ...(isAsApplied === true && { isAsApplied }) };
}

function nothingLeft(key: Key): KeyPlan {
  const digest = planDigest(key, { actions: [] });
  return {
    key,
    purpose: "adoption-undo",
    actions: [],
    approvable: [],
    withheld: [],
    digest,
    nextDueMs: null,
  };
}

function notCompared(planned: Extract<PlannedSubject, { readonly kind: "unknown" }> | null): ReadBack {
  return { kind: "not-read", reason: planned?.reason ?? "nothing to compare with" };
}
