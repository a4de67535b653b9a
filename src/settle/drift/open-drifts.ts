import { spannedOffset } from "../../model/changes/clock-offset.ts";
import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import type { Attribution, KnownChanges } from "../../model/changes/attribution.ts";
import { driftFingerprint, driftRisks, type Drift } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift } from "../../model/keys/key-record.ts";
import type { Pass } from "../../judge/pass.ts";
import { attributionOf, MOST_CANDIDATES } from "./attribution.ts";

interface FoundDrifts {
  /** Those that this pass found. */
  readonly opened: readonly Drift[];
  /** All that the pass saw. */
  readonly drifts: readonly Drift[];
  readonly writes: Pick<RecentWrites, "byTarget">;
  /** Git declares what the last pass compared with; missing: not known. */
  readonly isUnmovedInGit?: () => boolean;
}

/** The known facts of the recorded drifts and of the drifts that this pass found. */
export function openDriftsOf(
  pass: Pass,
  record: KeyRecord,
  { opened, drifts, writes, isUnmovedInGit }: FoundDrifts,
): Readonly<Record<string, OpenDrift>> {
  const mayBeOfGit = opened.length > 0 && record.applied === null && isUnmovedInGit?.() !== true;
  // The last read may have been without it only because Git declared something else.
  const lastCleanMs = mayBeOfGit ? null : lastReadMs(pass, record);
  const { changes, startedAtMs: fromMs } = pass;
  const seenUntilMs = pass.readEndedMs ?? fromMs;
  const clockOffset = spannedOffset(pass.history.record.clockOffset, pass.clockOffset);
  const found = opened.map((drift): readonly [string, OpenDrift] => {
    const seen = { fromMs, toMs: seenUntilMs };
    const common = { lastCleanMs, seenUntilMs, clockOffset, risks: driftRisks(drift) };
    if (changes === undefined) return [driftFingerprint(drift), common];
    const attribution = attributionOf(drift, { changes, writes, lastCleanMs, seen, clockOffset });
    return [driftFingerprint(drift), { ...common, attribution }];
  });
  const known =
    changes &&
    drifts.flatMap((drift) =>
      attributedLater(drift, record, { changes, writes, clockOffset: pass.clockOffset ?? null }),
    );
  return { ...record.openDrifts, ...Object.fromEntries([...(known ?? []), ...found]) };
}

/** The event of a drift may arrive after the drift was found. What is known of its author is never taken back. */
function attributedLater(
  drift: Drift,
  { openDrifts = {}, driftSinceMs }: KeyRecord,
  known: Pick<Parameters<typeof attributionOf>[1], "changes" | "writes" | "clockOffset">,
): readonly (readonly [string, OpenDrift])[] {
  const fingerprint = driftFingerprint(drift);
  const before = openDrifts[fingerprint];
  const fromMs = driftSinceMs[fingerprint];
  if (before === undefined || fromMs === undefined || before.attribution?.kind === "named") return [];
  const { lastCleanMs, seenUntilMs: toMs = fromMs } = before;
  // Events that arrived since are compared with the read, too.
  const clockOffset = spannedOffset(before.clockOffset, known.clockOffset);
  const seen = { fromMs, toMs };
  const attribution = attributionOf(drift, { ...known, lastCleanMs, seen, clockOffset });
  const isMore = isKnownBetter(attribution, before.attribution, known.changes);
  return isMore ? [[fingerprint, { ...before, attribution }]] : [];
}

/**
 * A named author needs every call that was a candidate before: one that is no longer known, as after a restart, may explain
 * the difference as well.
 */
function isKnownBetter(
  after: Attribution,
  before: Attribution | undefined,
  { records }: KnownChanges,
): boolean {
  if (before === undefined) return true;
  if (before.kind === "unknown") return after.kind !== "unknown" || after.reason !== before.reason;
  if (before.kind === "named" || after.kind === "unknown") return false;
  // Of more candidates than are recorded, one that is no longer known may explain the difference as well.
  if (after.kind === "named" && before.changes.length >= MOST_CANDIDATES) return false;
  const ids = new Set(records.map(({ event }) => event.id));
  return before.changes.every(({ eventId }) => ids.has(eventId));
}

/**
 * The last complete read of the account before this pass, if it compared the key: a drift that this pass found did not
 * exist then. null: there is no such read, since the key is new or was not read.
 */
function lastReadMs({ history }: Pass, { status, comparedSinceMs }: KeyRecord): number | null {
  const compared = comparedSinceMs ?? null;
  if (status === null || status.sync === "Unknown" || compared === null) return null;
  return Math.max(history.record.lastSweepMs ?? compared, compared);
}

/** The drifts that still exist. */
export function stillOpen(
  openDrifts: Readonly<Record<string, OpenDrift>>,
  sinceMs: KeyRecord["driftSinceMs"],
): Readonly<Record<string, OpenDrift>> {
  return Object.fromEntries(Object.entries(openDrifts).filter(([fingerprint]) => fingerprint in sinceMs));
}
