import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/key-record.ts";
import type { EndedDrift } from "./ended-drift.ts";
import { remainingDrifts, unreadParts } from "./left-over.ts";
import { subjectOfOutcome, type KeyOutcome } from "../pass/pass.ts";

/** What people are told of one key: one incident from the first drift that they are told of until none of them stands. */
export interface Incident {
  /** null: none is open. */
  readonly sinceMs: number | null;
  /** Set when it ended by this pass. */
  readonly ended: {
    readonly sinceMs: number;
    readonly how: EndedDrift["how"];
    readonly lastCleanMs: number | null;
  } | null;
}

/**
 * What people are told of: what moved in AWS, more than wording, and not of a binding that was never compared before.
 * Where nothing was ever applied (an account in observe) git moved it, or somebody in AWS did.
 */
export function tellingDrifts(
  record: KeyRecord,
  opened: readonly Drift[],
  isUnmovedInGit: () => boolean,
): readonly Drift[] {
  if (record.status === null) return [];
  return opened.filter(
    (drift) =>
      drift.tier !== "metadata" &&
      (drift.cause === "out-of-band" || (drift.cause === "initial" && isUnmovedInGit())),
  );
}

interface Moved {
  readonly telling: readonly Drift[];
  readonly ended: readonly EndedDrift[];
  /** When the pass began. */
  readonly sinceMs: number;
}

/** What git still waits to change, or stood before, keeps no incident open. */
export function incidentAfter(outcome: KeyOutcome, { telling, ended, sinceMs }: Moved): Incident {
  const { record } = subjectOfOutcome(outcome);
  const beganMs = record.incidentSinceMs ?? (telling.length > 0 ? sinceMs : null);
  if (beganMs === null) return { sinceMs: null, ended: null };
  const stands =
    unreadParts(outcome).length > 0 ||
    remainingDrifts(outcome).some((drift) => isToldOf(drift, record, beganMs));
  if (stands) return { sinceMs: beganMs, ended: null };
  const how = (["reverted", "applied"] as const).find((one) => ended.some((drift) => drift.how === one));
  const clean = ended.filter((drift) => drift.sinceMs >= beganMs).map(({ lastCleanMs }) => lastCleanMs);
  const known = clean.filter((ms) => ms !== null);
  const lastCleanMs = known.length === 0 || known.length < clean.length ? null : Math.min(...known);
  return { sinceMs: null, ended: { sinceMs: beganMs, how: how ?? "gone", lastCleanMs } };
}

function isToldOf(drift: Drift, record: KeyRecord, beganMs: number): boolean {
  if (drift.tier === "metadata" || drift.cause === "revision" || drift.cause === "upstream") return false;
  return (record.driftSinceMs[driftFingerprint(drift)] ?? beganMs) >= beganMs;
}
