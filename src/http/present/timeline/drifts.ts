import type { TimelineDrift } from "../../../model/reads/timeline.ts";
import type { AttributedDrift } from "../../../model/changes/attribution.ts";
import {
  driftFingerprint,
  driftOfFingerprint,
  isDeclaredOnly,
  isPendingChange,
  isUpstream,
  type Drift,
} from "../../../model/drift.ts";
import type { KeyRecordSummary, OpenDrift } from "../../../model/keys/key-record.ts";
import { driftKindLine, driftLine } from "../../../plan/render/drift-line.ts";
import { hidesRecorded, type Reader } from "../../request/reader.ts";
import type { Revision } from "../../../model/values/revision.ts";
import { isoTime } from "../metadata.ts";
import { once } from "./ended.ts";

interface Open {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly facts: OpenDrift | undefined;
}

/**
 * The drift of a key that began by then and has not ended, also of a key that no pass of this process has compared; null: there
 * is none.
 */
export function openDrift(reader: Reader, record: KeyRecordSummary, byMs: number): TimelineDrift | null {
  const { key, driftSinceMs, openDrifts = {} } = record;
  const view = reader.keyView(key);
  const seen = new Map((view?.drifts ?? []).map((drift) => [driftFingerprint(drift), drift]));
  const open = Object.entries(driftSinceMs)
    .map(([fingerprint, sinceMs]): Open => ({ fingerprint, sinceMs, facts: openDrifts[fingerprint] }))
    .filter((each) => each.sinceMs <= byMs && isDrift(each, seen.get(each.fingerprint)));
  if (open.length === 0) return null;
  const isHidden = hidesRecorded(reader, view);
  const revision = view === null ? null : revisionOf(record);
  const isOfGit = open.every(({ fingerprint }) => {
    const drift = seen.get(fingerprint);
    return drift !== undefined && isDeclaredOnly(drift);
  });
  const isInitial = open.every(({ fingerprint }) => seen.get(fingerprint)?.cause === "initial");
  const cleanMs = open.map(({ facts }) => facts?.lastCleanMs ?? null);
  return {
    key,
    since: isoTime(Math.min(...open.map(({ sinceMs }) => sinceMs))),
    lastCleanAt: cleanMs.some((ms) => ms === null) ? null : isoTime(Math.min(...cleanMs.map(Number))),
    ended: null,
    changes: once(open.map((one) => (isHidden ? kindLineOf(one) : changeOf(one, seen.get(one.fingerprint))))),
    risks: once(open.flatMap(({ facts }) => facts?.risks ?? [])),
    authors: isHidden ? [] : open.flatMap(({ facts }) => authorOf(facts)),
    ...(isInitial &&
      !isHidden &&
      record.status?.lastAppliedRevision === null && { isBeforeFirstApply: true }),
    ...(isOfGit && !isHidden && revision !== null && { declaredIn: revision }),
  };
}

function revisionOf({ status }: KeyRecordSummary): Revision | null {
  return status?.lastAttemptedRevision ?? null;
}

/**
 * A change of Git that waits is no drift. Until a pass of this process has compared the key, only what has an author, or was
 * made by AWS, is known to be one.
 */
function isDrift(open: Open, seen: Drift | undefined): boolean {
  if (seen !== undefined) return !isPendingChange(seen);
  return open.facts?.difference !== undefined || isUpstream(driftOfFingerprint(open.fingerprint));
}

/** In the words of `get drift`; of an account without a queue of change events the record has only the kind. */
function changeOf(open: Open, seen: Drift | undefined): string {
  return open.facts?.difference ?? (seen === undefined ? kindLineOf(open) : driftLine(seen));
}

function kindLineOf({ fingerprint }: Open): string {
  return driftKindLine(driftOfFingerprint(fingerprint).change.kind);
}

function authorOf(facts: OpenDrift | undefined): readonly AttributedDrift[] {
  const { difference, attribution } = facts ?? {};
  return difference === undefined || attribution === undefined ? [] : [{ difference, attribution }];
}
