import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { driftFingerprint, type Drift, type DriftChange, type DriftRisk } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift } from "../../model/key-record.ts";
import { contentionKey } from "../../plan/inputs/contention.ts";
import { byKey } from "../../text/order.ts";
import { remainingDrifts, unreadParts } from "./left-over.ts";
import type { Judged, KeyOutcome } from "../pass/pass.ts";

/** Reverts are remembered for a day, so that fights can be counted. */
const REVERT_MEMORY_MS = 86_400_000;

/** A drift that stood before, or was found by the pass, and is not there at its end. */
export interface EndedDrift {
  readonly fingerprint: string;
  readonly sinceMs: number;
  readonly how: "reverted" | "applied" | "gone";
  /** The last read that did not show it; null if there is none. */
  readonly lastCleanMs: number | null;
  readonly risks: readonly DriftRisk[];
}

/** Of a record that an earlier version wrote. */
const UNKNOWN_DRIFT: OpenDrift = { lastCleanMs: null, risks: [] };

type JudgedOutcome = Extract<KeyOutcome, { readonly judged: Judged }>;

interface Found {
  readonly opened: readonly Drift[];
  readonly writes: RecentWrites;
  /** When the pass began: since then its own finds are known. */
  readonly sinceMs: number;
  /** By fingerprint, with those of `opened`. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
}

/** What stood before this pass, or was found by it, and is not there at its end. */
export function endedDrifts(
  outcome: JudgedOutcome,
  { opened, writes, sinceMs, openDrifts }: Found,
): readonly EndedDrift[] {
  if (outcome.kind === "written" && outcome.readBack.kind !== "seen") return [];
  if (unreadParts(outcome).length > 0) return [];
  const { judged } = outcome;
  const since: Readonly<Record<string, number>> = {
    ...Object.fromEntries(opened.map((drift) => [driftFingerprint(drift), sinceMs])),
    ...judged.subject.record.driftSinceMs,
  };
  const standing = new Set(remainingDrifts(outcome).map(driftFingerprint));
  const seenNow = new Map(judged.drifts.map((drift) => [driftFingerprint(drift), drift]));
  return Object.entries(since)
    .filter(([fingerprint]) => !standing.has(fingerprint))
    .map(([fingerprint, began]) => ({
      fingerprint,
      sinceMs: began,
      ...(openDrifts[fingerprint] ?? UNKNOWN_DRIFT),
      how: howEnded({ fingerprint, sinceMs: began }, seenNow.get(fingerprint), judged, writes),
    }));
}

/**
 * By a write of ours on that object since it began: of this pass, or of an earlier one whose effect AWS shows only now.
 * An incident is open over what somebody else did; the rest was git's.
 */
function howEnded(
  { fingerprint, sinceMs }: Pick<EndedDrift, "fingerprint" | "sinceMs">,
  drift: Drift | undefined,
  { subject: { key, record } }: Judged,
  writes: RecentWrites,
): EndedDrift["how"] {
  const { subject } = partsOf(fingerprint);
  const isOurs = (writes.byKey.get(key) ?? []).some(
    (write) => write.target === subject && write.atMs >= sinceMs,
  );
  if (!isOurs) return "gone";
  if (drift !== undefined) return drift.cause === "out-of-band" ? "reverted" : "applied";
  return record.incidentSinceMs !== null && sinceMs >= record.incidentSinceMs ? "reverted" : "applied";
}

/** A fingerprint is the JSON of `[subject, change, live]` (model/drift.ts). */
export function partsOf(fingerprint: string): Pick<Drift, "subject" | "change"> {
  const [subject, change] = JSON.parse(fingerprint) as readonly [string, DriftChange];
  return { subject, change };
}

/** By field: when it was put back, those of the last day. */
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
    const field = contentionKey(partsOf(fingerprint));
    counted.set(field, [...(counted.get(field) ?? []), nowMs]);
  }
  return Object.fromEntries([...counted].filter(([, times]) => times.length > 0).sort(byKey));
}
