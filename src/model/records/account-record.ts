import type { RecordedCoverageDay } from "../answers/coverage.ts";
import type { AccountId } from "../aws/ids.ts";
import type { ClockOffset } from "../changes/clock-offset.ts";
import type { EarlierOffset } from "../changes/earlier-offsets.ts";
import type { FunctionDenials } from "../denials/denied-request.ts";
import type { DesiredAccount } from "../desired.ts";
import type { Key } from "../keys/key.ts";
import type { RuleStandard } from "../rules/rule-standard.ts";
import type { AccountWaves } from "./wave-record.ts";
import { longestPauseMs, type RegionReads } from "../reads/region-reads.ts";
import type { Revision } from "../values/revision.ts";

/** The accepted revisions of all sources at a pass. */
export interface RecordedRevisions {
  /** Of the platform source. */
  readonly revision: Revision;
  /** By namespace, of the namespace sources; missing: there are none. */
  readonly namespaceRevisions?: Readonly<Record<string, Revision>>;
}

/** What has been seen and approved of all functions that it is about. */
export interface Confirmation {
  /** The first enforcing pass is complete: nothing of the account is held by it any more. */
  readonly started: boolean;
  /** SHA-256 of the grant catalogue and compiler at the last time when nothing was held. A change holds plans like a push. */
  readonly catalogueDigest: string | null;
  /**
   * What decided whether a rule refuses, at the last time when nothing was held for a change of it. null or missing: nothing
   * is recorded, as in records of 0.1.
   */
  readonly confirmedRules?: RuleStandard | null;
}

/** The earlier confirmation of functions that waited for a change window when the others of their account were confirmed. */
export interface EarlierConfirmation extends Confirmation {
  readonly keys: readonly Key[];
}

/** The confirmation is that of all functions that no one of `unconfirmed` is about. */
export interface AccountRecord extends Confirmation {
  readonly accountId: AccountId;
  readonly name: string;
  /** As the manifests declared it at the last pass. */
  readonly declared: DesiredAccount | null;
  /** Missing: there are none. No key is in two of them. */
  readonly unconfirmed?: readonly EarlierConfirmation[];
  /** Complete sweeps, ms; the last two count. */
  readonly lastSweepMs: number | null;
  readonly previousSweepMs: number | null;
  /** Which revisions the last sweep compared with; missing: none did, or the record is of an earlier version. */
  readonly sweptRevisions?: RecordedRevisions;
  /** The oldest reading of a function's policies that the last sweep kept; missing: it read all. */
  readonly oldestPolicyReadMs?: number;
  /** By region, of those that the account declares. Missing: none was read completely, or the record is of an earlier version. */
  readonly regionReads?: Readonly<Record<string, RegionReads>>;
  /** Of AWS's clock, over all passes since the last complete sweep; null or missing: not known in one of them. */
  readonly clockOffset?: ClockOffset | null;
  /** Offsets before the last complete sweep, back to the oldest reading that it kept. Missing: it read all. */
  readonly earlierOffsets?: readonly EarlierOffset[];
  /** Set while the account-wide reads fail: since when and why. */
  readonly failing: {
    readonly sinceMs: number;
    readonly reason: string;
    readonly fix?: string | null;
    /** What failed: an AWS call and AWS's code. Records of 0.1 have neither. */
    readonly call?: string;
    readonly code?: string;
    /** Equal in accounts that fail for the same reason. Missing: only the same `reason` is the same. */
    readonly cause?: string;
  } | null;
  /** Keys that a revision deleted, so that its deletes are counted over several passes; null: none yet. */
  readonly deleted: {
    readonly revision: Revision;
    /** By namespace, of deleted keys of namespace sources; missing: there are none. */
    readonly namespaceRevisions?: Readonly<Record<string, Revision>>;
    readonly keys: readonly Key[];
  } | null;
  /** By subject: since when the account's approvals are pending. Records of 0.1 have none. */
  readonly heldSinceMs?: Readonly<Record<string, number>>;
  /** The same of what waits for a change window; missing: nothing. */
  readonly windowSinceMs?: Readonly<Record<string, number>>;
  /** By key: since when changes of it wait, under any subject; missing: none waits. */
  readonly waitingSinceMs?: Readonly<Record<Key, number>>;
  /** The waves in which the functions of each namespace move to their declared roles. Missing: there are none. */
  readonly waves?: AccountWaves;
  /** Denied requests of its functions of the last 7 days, sorted by key. Missing: none is known. */
  readonly denials?: readonly FunctionDenials[];
  readonly functionsSeen: number | null;
  readonly functionsInGit: number | null;
  /** Of the last 92 days with a complete read, the newest last. Records of 0.1 have none. */
  readonly coverageDays?: readonly RecordedCoverageDay[];
  /** For the daily "control ran" entry: day `YYYY-MM-DD`, complete reads, longest gap so far. */
  readonly control: {
    readonly day: string;
    readonly completeReads: number;
    readonly longestGapMs: number;
  } | null;
}

/** The record of an account before its first pass. */
export function firstAccountRecord(accountId: AccountId, name: string): AccountRecord {
  return {
    accountId,
    name,
    declared: null,
    started: false,
    catalogueDigest: null,
    lastSweepMs: null,
    previousSweepMs: null,
    failing: null,
    deleted: null,
    heldSinceMs: {},
    functionsSeen: null,
    functionsInGit: null,
    control: null,
  };
}

interface ReadTimes {
  readonly sweepMs: number;
  readonly nowMs: number;
  /** No pass has ended since the start of the controller. */
  readonly comparing: boolean;
}

/**
 * The record with the reason why its account is not read now. If the reads do not end, such as while AWS does not answer, no
 * pass settles, and the record still has what the last complete read found: it then fails since that read.
 */
export function withLateRead(record: AccountRecord, { sweepMs, nowMs, comparing }: ReadTimes): AccountRecord {
  const { failing, lastSweepMs } = record;
  const isLate = lastSweepMs !== null && lastSweepMs < nowMs - longestPauseMs(sweepMs);
  if (failing !== null || !isLate) return record;
  const reason = comparing ? "not compared since the controller started" : "the last read has not ended";
  return { ...record, failing: { sinceMs: lastSweepMs, reason } };
}
