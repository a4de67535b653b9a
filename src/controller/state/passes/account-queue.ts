import type { PassScope } from "../../../judge/subject.ts";
import type { Key } from "../../../model/keys/key.ts";

export interface AccountQueue {
  /** When each key is due; each key is queued at most once. */
  readonly keys: Map<Key, number>;
  /** Those that nothing but a revision or an earlier pass made due: if they are many, they wait for the end of a sweep. */
  readonly patient: Set<Key>;
  /** Those that are read a second time while nothing else of the account is due, in this order. */
  readonly secondReads: Set<Key>;
  /** Those whose writes an earlier pass planned: they are written while nothing else is due, and read right before. */
  readonly planned: Set<Key>;
  sweepDueMs: number | null;
  state: "idle" | "running" | "reading" | "overtaken" | "closing";
  /** When the last pass began. */
  beganMs: number;
  /** When the read that can be overtaken began: of a sweep, or a second one. */
  readingBeganMs: number;
  /** Passes over keys overtake it this long after. */
  overtakenAfterMs: number;
  /**
   * The keys that were due when the sweep was taken, without those in whose place it was taken. They are taken again if its
   * read is a long one.
   */
  covered: readonly Key[];
  /** The keys that were taken while the sweep reads. */
  readonly overtaking: Set<Key>;
  closed: () => void;
}

export function emptyQueue(): AccountQueue {
  return {
    keys: new Map(),
    patient: new Set(),
    secondReads: new Set(),
    planned: new Set(),
    sweepDueMs: null,
    state: "idle",
    beganMs: 0,
    readingBeganMs: 0,
    overtakenAfterMs: 0,
    covered: [],
    overtaking: new Set(),
    closed: () => undefined,
  };
}

/** A sweep waits this much longer than a key for its turn; a sweep that has waited longer goes first. */
const SWEEP_YIELDS_MS = 30_000;

export function rankOf(account: AccountQueue): number {
  const { state, keys, planned, beganMs, sweepDueMs, readingBeganMs, covered } = account;
  const earliestKey = Math.min(earliestOf(keys), covered.length > 0 ? readingBeganMs : Infinity);
  if (state === "reading") return earliestKey;
  const plannedMs = planned.size > 0 ? beganMs : Infinity;
  return Math.min(earliestKey, plannedMs, (sweepDueMs ?? Infinity) + SWEEP_YIELDS_MS);
}

export function isSweepDue({ sweepDueMs }: AccountQueue, nowMs: number): boolean {
  return sweepDueMs !== null && sweepDueMs <= nowMs;
}

/** @param covered the due keys that are taken again if the read is a long one */
export function dequeueSweep(account: AccountQueue, covered: readonly Key[]): PassScope {
  account.sweepDueMs = null;
  account.keys.clear();
  account.patient.clear();
  account.secondReads.clear();
  account.planned.clear();
  account.covered = covered;
  return { kind: "all" };
}

/** Not by a spread: there may be more keys than a call takes arguments. */
export function earliestOf(keys: ReadonlyMap<Key, number>): number {
  let earliest = Infinity;
  for (const dueMs of keys.values()) earliest = Math.min(earliest, dueMs);
  return earliest;
}

export function dueKeys(keys: ReadonlyMap<Key, number>, nowMs: number): readonly Key[] {
  return [...keys].filter(([, dueMs]) => dueMs <= nowMs).map(([key]) => key);
}

export function dequeueKeys(
  account: AccountQueue,
  keys: readonly Key[],
): Extract<PassScope, { readonly kind: "keys" }> {
  for (const key of keys) {
    account.keys.delete(key);
    account.patient.delete(key);
    account.secondReads.delete(key);
    account.planned.delete(key);
  }
  return { kind: "keys", keys: keys.toSorted() };
}

export function dequeuePlanned(account: AccountQueue): PassScope {
  return { ...dequeueKeys(account, [...account.planned]), isPlanned: true };
}
