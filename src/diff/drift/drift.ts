import { byText } from "../../text/order.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { isUpstream, type Drift, type DriftCause } from "../../model/drift.ts";
import type { Key } from "../../model/keys/key.ts";
import type { DiffContext } from "./context.ts";
import { isOfFirstRead } from "./first-read.ts";
import { isStaleRead } from "./stale-read.ts";

/** A difference, before its certainty and its cause are known. */
export interface Difference extends Omit<Drift, "key" | "cause" | "certainty"> {
  /** True if the last applied state has the value that Git declares now. */
  readonly unchangedInGit: boolean;
}

export function driftOf(key: Key, difference: Difference, context: DiffContext): Drift {
  const { subject, change, tier, live, desired, delta, origin } = difference;
  const certainty = isStaleRead(difference, context) ? "pending" : "confirmed";
  const ofFirstRead = isOfFirstRead(difference, context);
  const cause = ofFirstRead ? "initial" : causeOf(difference, context);
  const drift: Drift = { key, subject, change, tier, cause, certainty, live, desired, delta, origin };
  return ofFirstRead ? { ...drift, ofFirstRead } : drift;
}

/** `initial` before anything was applied. Later the change was made in Git, in AWS, or by AWS itself. */
function causeOf({ change, unchangedInGit }: Difference, { record }: DiffContext): DriftCause {
  if (isUpstream({ change })) return "upstream";
  if (record === null || record.applied === null) return "initial";
  return unchangedInGit ? "out-of-band" : "revision";
}

/**
 * The cause of creating an object again that was deleted in AWS. If Git declares something else by now, it is a change of
 * the revision and not a revert: an approval or a limit must count what the new object grants.
 */
export function recreationCause({ cause }: Drift, isAsApplied: boolean): DriftCause {
  return cause === "out-of-band" && !isAsApplied ? "revision" : cause;
}

export function appliedBinding({ record }: Pick<DiffContext, "record">): DesiredBinding | null {
  const desired = record?.applied?.desired;
  return desired?.kind === "binding" ? desired.binding : null;
}

export function appliedPolicy({ record }: Pick<DiffContext, "record">): DesiredPolicy | null {
  const desired = record?.applied?.desired;
  return desired?.kind === "policy" ? desired.policy : null;
}

export function sortedDrifts(drifts: readonly Drift[]): readonly Drift[] {
  if (drifts.length < 2) return drifts;
  const name = (drift: Drift): string => JSON.stringify([drift.subject, drift.change]);
  return drifts.toSorted((a, b) => byText(name(a), name(b)));
}

/** The differences of one document, and notes on what looks different and is not. */
export interface DocumentComparison {
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
}

const IN_SYNC: DocumentComparison = { differences: [], notes: [] };

/** A document that means the same in other words is in sync and is never written; a note explains why it looks different. */
export function inSync(tier: "equal" | "meaning", what: string): DocumentComparison {
  if (tier === "equal") return IN_SYNC;
  return {
    differences: [],
    notes: [`${what} differs from Git in wording only: same meaning, left unchanged`],
  };
}
