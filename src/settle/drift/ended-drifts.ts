import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { callsThatWrite } from "../../diff/drift/stale-read.ts";
import {
  driftFingerprint,
  driftOfFingerprint,
  isChangedInAws,
  type Drift,
  type DriftChange,
  type DriftEnd,
  type DriftRisk,
  type RecordedDriftEnd,
} from "../../model/drift.ts";
import { desiredOf } from "../../judge/subject.ts";
import { isBinding } from "../../model/desired.ts";
import { contentionKey } from "../../plan/inputs/contention.ts";
import { byKey } from "../../text/order.ts";
import type { KeyRecord, OpenDrift, PastWrite } from "../../model/keys/key-record.ts";
import type { JudgedView } from "../outcome/outcome.ts";
import { formerComparison, isRestored } from "./since-applied.ts";

/** Reverts are remembered for a day, so that contention can be detected. */
const REVERT_MEMORY_MS = 86_400_000;

/** A drift that existed before the pass or was found by it, and no longer exists at its end. */
export interface EndedDrift {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly how: RecordedDriftEnd;
  /** The last read without the drift; null if there is none. */
  readonly lastCleanMs: number | null;
  readonly risks: readonly DriftRisk[];
}

/** For a record of an earlier version, which has no open drifts. */
export const UNKNOWN_DRIFT: OpenDrift = { lastCleanMs: null, risks: [] };

interface EndedDriftFacts {
  readonly opened: readonly Drift[];
  readonly writes: RecentWrites;
  /** The start of the pass: drifts that it found itself are open since then. */
  readonly sinceMs: number;
  /** By fingerprint, including those of `opened`. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
}

/** Drifts that existed before this pass or were found by it, and no longer exist at its end. */
export function endedDrifts(
  view: JudgedView,
  { opened, writes, sinceMs, openDrifts }: EndedDriftFacts,
): readonly EndedDrift[] {
  const { judged, drifts, unread, readBack } = view;
  if (readBack?.kind === "not-read" || unread.length > 0) return [];
  const { key, record } = judged.subject;
  // A change from Git that someone changed in AWS is in the record too: the drift began now.
  const begun = Object.fromEntries(opened.map((drift) => [driftFingerprint(drift), sinceMs]));
  const since: Readonly<Record<string, number>> = { ...begun, ...record.driftSinceMs, ...begun };
  const state = desiredOf(judged.subject);
  const isReleased = state !== null && isBinding(state) && state.released === true;
  const remaining = new Set(drifts.filter((drift) => !isRestored(drift, openDrifts)).map(driftFingerprint));
  const seenNow = new Map(judged.drifts.map((drift) => [driftFingerprint(drift), drift]));
  return Object.entries(since)
    .map(([fingerprint, began]) => ({ fingerprint, began, former: formerOf(fingerprint, openDrifts, view) }))
    .filter(({ fingerprint, former }) => !remaining.has(fingerprint) && former !== "unknown")
    .map(({ fingerprint, began, former }) => ({
      fingerprint,
      sinceMs: began,
      ...(openDrifts[fingerprint] ?? UNKNOWN_DRIFT),
      how: howEnded({
        ...driftOfFingerprint(fingerprint),
        sinceMs: began,
        drift: seenNow.get(fingerprint),
        record,
        writes: writes.byKey.get(key) ?? [],
        isReleased: isReleased || former === "released",
        isUndone: judged.verdict.kind !== "allow",
      }),
    }));
}

/** A drift of an object that Git declares is compared like every other. */
function formerOf(
  fingerprint: string,
  openDrifts: EndedDriftFacts["openDrifts"],
  view: JudgedView,
): ReturnType<typeof formerComparison> {
  return openDrifts[fingerprint]?.comparedWith === undefined
    ? "compared"
    : formerComparison(fingerprint, view);
}

/** They end every difference of the object. */
const DELETIONS: ReadonlySet<PastWrite["call"]> = new Set(["iam:DeleteRole", "iam:DeletePolicy"]);

/**
 * Ended by our own write of that field since it began: in this pass, or in an earlier one whose effect AWS shows now.
 * An open incident means that the change was made in AWS; otherwise it came from Git.
 */
function howEnded(ended: {
  readonly subject: string;
  readonly sinceMs: number;
  /** As the pass found it; undefined: it found none. */
  readonly drift: Drift | undefined;
  readonly record: KeyRecord;
  /** Of the key. */
  readonly writes: readonly PastWrite[];
  readonly change: DriftChange;
  readonly isReleased: boolean;
  readonly isUndone: boolean;
}): DriftEnd {
  const { subject, sinceMs, drift, record, writes, change, isReleased, isUndone } = ended;
  if (isReleased && change.kind !== "not-released") return "released";
  const isEnding = ({ target, atMs, call }: PastWrite): boolean =>
    target === subject && atMs >= sinceMs && (DELETIONS.has(call) || callsThatWrite(change).includes(call));
  if (!writes.some(isEnding)) return "gone";
  if (drift !== undefined) {
    // A plan that may not be written is replaced by one back to the applied state.
    const isOfGit = drift.cause !== "out-of-band" || drift.comparedWith !== undefined;
    const isReverted = isChangedInAws(drift) && (isUndone || !isOfGit);
    return isReverted ? "reverted" : "applied";
  }
  return record.incidentSinceMs !== null && sinceMs >= record.incidentSinceMs ? "reverted" : "applied";
}

/** By field: the times of its reverts in the last day. */
export function revertsAfter(
  before: KeyRecord,
  ended: readonly EndedDrift[],
  nowMs: number,
): KeyRecord["revertsMs"] {
  const counted = new Map(
    Object.entries(before.revertsMs).map(([field, times]) => [
      field,
      times.filter((atMs) => nowMs - atMs < REVERT_MEMORY_MS),
    ]),
  );
  for (const { fingerprint } of ended.filter((one) => one.how === "reverted")) {
    const field = contentionKey(driftOfFingerprint(fingerprint));
    counted.set(field, [...(counted.get(field) ?? []), nowMs]);
  }
  return Object.fromEntries([...counted].filter(([, times]) => times.length > 0).sort(byKey));
}
