import { functionInArn } from "../../model/aws/arn.ts";
import { byText } from "../../text/order.ts";
import { isShownLater, occasionalRead } from "../../diff/drift/first-read.ts";
import { parseRegion } from "../../model/aws/ids.ts";
import { spannedOffset, type ClockOffset } from "../../model/changes/clock-offset.ts";
import { offsetSince } from "../../model/changes/earlier-offsets.ts";
import { keptPoliciesMs } from "../../model/live.ts";
import type { KnownChanges } from "../../model/changes/attribution.ts";
import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { driftFingerprint, driftRisks, hasAuthor, type Drift } from "../../model/drift.ts";
import { digestOf } from "../../model/values/digest.ts";
import type { KeyRecord, OpenDrift } from "../../model/keys/key-record.ts";
import type { Pass } from "../../judge/subject.ts";
import { driftLine } from "../../plan/render/drift-line.ts";
import { attributionOf } from "./attribution.ts";
import { revised, withRecorded } from "./revised-attribution.ts";
import { isNewDrift } from "./since-applied.ts";

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
  const readMs = lastReadMs(pass, record);
  const { changes, startedAtMs: fromMs } = pass;
  const seenUntilMs = pass.readEndedMs ?? fromMs;
  const clockOffset = spannedOffset(pass.history.record.clockOffset, pass.clockOffset);
  const found = opened.map((drift): readonly [string, OpenDrift] => {
    const seen = { fromMs, toMs: seenUntilMs };
    const madeInAws = madeInAwsOf(drift, record);
    // The last read may have been without it only because Git declared something else.
    const clean = cleanReadOf(drift, { pass, record }, { lastCleanMs: readMs, clockOffset });
    const lastCleanMs = mayBeOfGit && madeInAws === null ? null : clean.lastCleanMs;
    const known = { ...clean, lastCleanMs };
    const first = drift.ofFirstRead === true ? { ofFirstRead: true as const } : {};
    const { sinceApplied, comparedWith } = drift;
    const ofGit = { ...(sinceApplied && { sinceApplied }), ...(comparedWith && { comparedWith }) };
    const common = { ...known, seenUntilMs, risks: driftRisks(drift), ...madeInAws, ...first, ...ofGit };
    if (changes === undefined) return [driftFingerprint(drift), common];
    const attribution = attributionOf(drift, { ...known, changes, writes, seen });
    const difference = hasAuthor(drift) ? { difference: driftLine(drift) } : {};
    return [driftFingerprint(drift), { ...common, ...difference, attribution }];
  });
  const known =
    changes &&
    drifts.flatMap((drift) =>
      attributedLater(drift, record, { changes, writes, clockOffset: pass.clockOffset ?? null }),
    );
  return { ...record.openDrifts, ...Object.fromEntries([...(known ?? []), ...found]) };
}

const OF_POLICY: ReadonlySet<Drift["change"]["kind"]> = new Set([
  "statement-missing",
  "statement-extra",
  "former-statement",
]);

interface CleanRead {
  readonly lastCleanMs: number | null;
  readonly clockOffset: ClockOffset | null;
}

interface ReadBefore {
  readonly pass: Pass;
  readonly record: KeyRecord;
}

/** A sweep may have kept an earlier reading of the function's policies, and does not read those of all aliases. */
function cleanReadOf(drift: Drift, { pass, record }: ReadBefore, swept: CleanRead): CleanRead {
  // The reads since it was found first were not without it.
  if (isShownLater(drift, record))
    return { ...swept, lastCleanMs: record.openDrifts?.[driftFingerprint(drift)]?.lastCleanMs ?? null };
  // A read found the difference and did not know whether someone had changed it.
  const open = record.openDrifts?.[driftFingerprint(drift)];
  const isFirst = record.driftSinceMs[driftFingerprint(drift)] === undefined;
  if (!isFirst && open?.sinceApplied !== "unchanged") return { ...swept, lastCleanMs: null };
  const occasional = occasionalRead(drift, record);
  if (occasional !== null && occasional.lastMs === null) return { ...swept, lastCleanMs: null };
  const keptMs = occasional?.lastMs ?? (OF_POLICY.has(drift.change.kind) ? keptReadMs(drift, pass) : null);
  if (swept.lastCleanMs === null || keptMs === null || keptMs >= swept.lastCleanMs) return swept;
  const { earlierOffsets = [] } = pass.history.record;
  return { lastCleanMs: keptMs, clockOffset: offsetSince(keptMs, earlierOffsets, swept.clockOffset) };
}

/** null: the last sweep read the policies. Another process may have made it: then the oldest reading that it kept counts. */
function keptReadMs({ subject }: Drift, { base, history }: Pass): number | null {
  if (base === null) return history.record.oldestPolicyReadMs ?? null;
  const target = functionInArn(subject);
  const region = parseRegion(target?.region ?? "");
  const at = region === undefined ? undefined : base.regions.get(region);
  const fn = at?.kind === "read" ? at.functions.get(target?.name ?? "") : undefined;
  return fn === undefined ? null : keptPoliciesMs(fn);
}

/** Later passes know the cause only by this, while the declared state is applied partly. */
function madeInAwsOf(
  { cause, desired }: Drift,
  { partlyApplied }: KeyRecord,
): Pick<OpenDrift, "madeInAws"> | null {
  return cause === "out-of-band" && partlyApplied !== undefined ? { madeInAws: digestOf(desired) } : null;
}

/** The event of a drift may arrive after the drift was found, and after another caller was named for it. */
function attributedLater(
  drift: Drift,
  { openDrifts = {}, driftSinceMs }: KeyRecord,
  known: Pick<Parameters<typeof attributionOf>[1], "writes" | "clockOffset"> & {
    readonly changes: KnownChanges;
  },
): readonly (readonly [string, OpenDrift])[] {
  const fingerprint = driftFingerprint(drift);
  const before = openDrifts[fingerprint];
  const fromMs = driftSinceMs[fingerprint];
  if (before === undefined || fromMs === undefined) return [];
  const { lastCleanMs, seenUntilMs: toMs = fromMs } = before;
  // Events that arrived since are compared with the read, too.
  const clockOffset = spannedOffset(before.clockOffset, known.clockOffset);
  const seen = { fromMs, toMs };
  const changes = withRecorded(drift, { changes: known.changes, before: before.attribution, readMs: fromMs });
  const after = attributionOf(drift, { ...known, changes, lastCleanMs, seen, clockOffset });
  const attribution = revised(before.attribution, after);
  return attribution === null ? [] : [[fingerprint, { ...before, attribution }]];
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

export function stillOpen(
  openDrifts: Readonly<Record<string, OpenDrift>>,
  sinceMs: KeyRecord["driftSinceMs"],
): Readonly<Record<string, OpenDrift>> {
  return Object.fromEntries(Object.entries(openDrifts).filter(([fingerprint]) => fingerprint in sinceMs));
}

/**
 * By fingerprint: when the drifts that still exist were first seen. A change from Git that waits becomes drift when someone
 * removes what it replaces.
 */
export function driftSince(
  record: KeyRecord,
  drifts: readonly Drift[],
  seenMs: number,
): Readonly<Record<string, number>> {
  const confirmed = drifts.filter((drift) => drift.certainty === "confirmed");
  const since = confirmed.map((drift): readonly [string, number] => {
    const fingerprint = driftFingerprint(drift);
    const knownMs = isNewDrift(drift, record) ? undefined : record.driftSinceMs[fingerprint];
    return [fingerprint, knownMs ?? seenMs];
  });
  return Object.fromEntries(since.toSorted(([a], [b]) => byText(a, b)));
}
