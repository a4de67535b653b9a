import type { AttributedDrift } from "../changes/attribution.ts";
import type { DriftRisk, RecordedDriftEnd } from "../drift.ts";
import type { Key } from "../keys/key.ts";
import type { Revision } from "../values/revision.ts";

/** Differences of one key that began together, or ended together. */
export interface TimelineDrift {
  readonly key: Key;
  /** ISO 8601: when the first of them was seen. */
  readonly since: string;
  /** ISO 8601: the last read without them; null: the first read already showed them, or it is not known. */
  readonly lastCleanAt: string | null;
  /** null: it has not ended. */
  readonly ended: {
    /** ISO 8601. */
    readonly at: string;
    readonly how: RecordedDriftEnd;
    /** Of the audit. */
    readonly entry: number;
  } | null;
  /** What differs or differed: `+ AdministratorAccess attached to its role`. Of a hidden role only the kinds, in words. Empty: not known. */
  readonly changes: readonly string[];
  /** Each once. */
  readonly risks: readonly DriftRisk[];
  /** Who made them, as far as change events show it. */
  readonly authors: readonly AttributedDrift[];
  /** Git declares in this revision what AWS did not have: no one made it in AWS. Missing: it is not only that. */
  readonly declaredIn?: Revision;
  /** Nothing of Git was applied to the key yet, so that no one is known to have changed AWS. Missing: something was, or it is not known. */
  readonly isBeforeFirstApply?: true;
  /** Who the commits of that revision name as their authors, each once; Git does not prove them. Missing: none is known. */
  readonly declaredBy?: readonly string[];
  /** Why these authors are not known; missing: they are, or the token sees no commits, or there is no such revision. */
  readonly declaredByUnknown?: string;
}

/** A time in which drift is not known. */
export interface TimelineGap {
  /** The account's name; null: of all accounts. */
  readonly account: string | null;
  /** Sorted; empty: all. */
  readonly regions: readonly string[];
  /** ISO 8601, within the range. */
  readonly since: string;
  /** ISO 8601; null: it has not ended. */
  readonly until: string | null;
  /** Without times: a screen states them in its own zone. */
  readonly reason: string;
  /** ISO 8601: the first start of the controller in it. Missing: there was none. */
  readonly startedAt?: string;
}

/** A part of the range, the oldest first. */
export interface TimelineStep {
  /** ISO 8601: its beginning. */
  readonly at: string;
  /** Bindings that drifted at some time in it, at least; null: no account was read in it, and none is known to have drifted. */
  readonly drifting: number | null;
  /** Accounts that were not read completely for a part of it. */
  readonly unread: number;
}

/** What drifts, what drifted, and when this is not known. Of the namespaces that the token sees. */
export interface Timeline {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly stepSeconds: number;
  readonly steps: readonly TimelineStep[];
  /** Accounts that were to be read. */
  readonly accounts: number;
  /** Bindings of which the last pass could not compare everything, also if the range ended before. */
  readonly notCompared: number;
  /** How many of those that drift are of ManagedPolicies. */
  readonly driftingPolicies: number;
  /** The longest first. */
  readonly drifting: readonly TimelineDrift[];
  /** The newest end first. */
  readonly ended: readonly TimelineDrift[];
  /** The newest first. */
  readonly gaps: readonly TimelineGap[];
  /** How many of each list are left out: the steps count them. */
  readonly omitted: { readonly drifting: number; readonly ended: number; readonly gaps: number };
}
