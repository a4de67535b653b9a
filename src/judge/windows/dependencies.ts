import { isBinding, type Desired, type DesiredBinding } from "../../model/desired.ts";
import { isUpstream, type Drift } from "../../model/drift.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import { targetText, type Key } from "../../model/keys/key.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { byTextOf } from "../../text/order.ts";
import { problemOf, type EarlierKey, type SyncProblem } from "./earlier-accounts.ts";

/** What a pass has read of a key, before its writes. */
interface ReadKey {
  readonly drifts: readonly Drift[];
  readonly unread: readonly string[];
}

export interface DependencyFacts {
  readonly account: { readonly name: string };
  readonly desired: Pick<Desired, "bindings">;
  readonly invalid: ReadonlyMap<Key, unknown>;
  readonly brokenFileKeys: ReadonlyMap<Key, unknown>;
  /** Of the account; null: no record was read, so what the pass has read decides alone. */
  readonly records: ReadonlyMap<Key, KeyRecord> | null;
  /** Of the keys in this pass; null: it could not be compared. */
  readonly read: ReadonlyMap<Key, ReadKey | null>;
  readonly nowMs: number;
}

/** Another function that a change of a key from Git waits for. */
export interface FunctionWait {
  readonly key: Key;
  /**
   * As a clause after `waits for`. Never a count or a duration: it is the reason of a waiting plan, and stays the same as
   * long as the cause does.
   */
  readonly reason: string;
}

/** The functions that a change of a key from Git waits for, in the order in which they are shown. */
export function functionWaits(facts: DependencyFacts): (key: Key) => readonly FunctionWait[] {
  let known: Dependents | null = null;
  return (key) => {
    if (facts.desired.bindings.has(key)) return dependencyWaits(key, facts);
    known ??= dependentsIn(facts.records);
    return dependentWaits(known.get(key) ?? [], facts);
  };
}

function dependencyWaits(key: Key, facts: DependencyFacts): readonly FunctionWait[] {
  const declared = facts.desired.bindings.get(key);
  if (declared !== undefined && isWrittenAsApplied(declared, facts)) return [];
  return (declared?.dependsOn ?? []).flatMap((dependency): readonly FunctionWait[] => {
    const cause = causeOf(dependency, facts, new Set([key]));
    if (cause === null) return [];
    const subject = cause.key === dependency ? "it" : nameOf(cause.key, facts);
    const reason = `${nameOf(dependency, facts)} (dependsOn): ${subject} ${cause.problem.text}`;
    return [{ key: dependency, reason }];
  });
}

/** The team changed nothing: what changes is the platform's, such as a variable, and no team may hold that up. */
function isWrittenAsApplied({ key, written }: DesiredBinding, { records }: DependencyFacts): boolean {
  const applied = records?.get(key)?.applied?.desired;
  return written !== undefined && applied?.kind === "binding" && applied.binding.written === written;
}

function nameOf(key: Key, { account }: DependencyFacts): string {
  return targetText({ key, account: account.name });
}

interface UnmetDependency {
  readonly key: Key;
  readonly problem: SyncProblem;
}

/** The first cause: of a function that waits itself, it is the cause of that wait. */
function causeOf(key: Key, facts: DependencyFacts, seen: ReadonlySet<Key>): UnmetDependency | null {
  const problem = notInSync(key, facts);
  if (problem === null) return null;
  const further = problem.kind === "not-applied" ? facts.desired.bindings.get(key)?.dependsOn : undefined;
  const causes = (further ?? []).flatMap((next) =>
    seen.has(next) ? [] : (causeOf(next, facts, new Set([...seen, key])) ?? []),
  );
  return causes[0] ?? { key, problem };
}

/** Why it does not count as in sync, as Git declares it now; null: the record and this pass have seen it. */
function notInSync(key: Key, facts: DependencyFacts): SyncProblem | null {
  const { records, read, nowMs } = facts;
  const state = stateOf(key, facts);
  if (state.kind === "removed") return { kind: "other", text: "may be in a file that can't be read" };
  if (state.kind === "invalid") return { kind: "other", text: "has an error in Git" };
  const isObserved = isBinding(state.desired) && state.desired.mode === "observe";
  if (isObserved) return observedProblem(read.get(key));
  const recorded =
    records === null
      ? null
      : problemOf({ key, state, record: records.get(key) ?? null, writes: null, denials: null }, nowMs);
  if (recorded !== null || !read.has(key)) return recorded;
  const now = read.get(key) ?? null;
  if (now === null || now.unread.length > 0) return UNREAD;
  if (now.drifts.every(isUpstream)) return null;
  // Without a record, its own change may not be made yet, or another tool changed it.
  return { kind: records === null ? "not-applied" : "other", text: "differs from Git" };
}

const UNREAD: SyncProblem = { kind: "other", text: "could not be read completely" };

/** Nothing of it is written, and the record does not have what was compared: only the read of this pass shows that it is in sync. */
function observedProblem(now: ReadKey | null | undefined): SyncProblem | null {
  if (now === undefined)
    return { kind: "other", text: "is only observed, and is compared with the next complete read" };
  if (now === null || now.unread.length > 0) return UNREAD;
  return now.drifts.every(isUpstream)
    ? null
    : { kind: "other", text: "is only observed, and differs from Git" };
}

function stateOf(key: Key, { desired, invalid, brokenFileKeys }: DependencyFacts): EarlierKey["state"] {
  const binding = invalid.has(key) ? undefined : desired.bindings.get(key);
  if (binding !== undefined) return { kind: "declared", desired: binding };
  return invalid.has(key) || brokenFileKeys.has(key) ? { kind: "invalid" } : { kind: "removed" };
}

/** By function: the records of those that depend on it, as they were applied. */
type Dependents = ReadonlyMap<Key, readonly Dependent[]>;

interface Dependent extends Pick<KeyRecord, "key" | "unbinding"> {
  readonly deletionPolicy: "retain" | "delete";
}

function dependentsIn(records: DependencyFacts["records"]): Dependents {
  const byKey = new Map<Key, Dependent[]>();
  for (const record of records?.values() ?? []) {
    const applied = record.applied?.desired;
    if (applied?.kind !== "binding") continue;
    const { dependsOn = [], deletionPolicy } = applied.binding;
    const { key, unbinding } = record;
    for (const dependency of dependsOn)
      getOrAdd(byKey, dependency, () => []).push({ key, unbinding, deletionPolicy });
  }
  return byKey;
}

/** The removal order is the reverse: the functions that still depend on a removed one. */
function dependentWaits(dependents: readonly Dependent[], facts: DependencyFacts): readonly FunctionWait[] {
  const waits = dependents.flatMap((one): readonly FunctionWait[] => {
    const text = notGone(one, facts);
    const { key } = one;
    return text === null ? [] : [{ key, reason: `${nameOf(key, facts)}, which depends on it: it ${text}` }];
  });
  return waits.toSorted(byTextOf(({ reason }) => reason));
}

/** A role that is kept never leaves AWS: it is enough that the removal of its manifest was seen. */
function notGone({ key, unbinding, deletionPolicy }: Dependent, facts: DependencyFacts): string | null {
  const { kind } = stateOf(key, facts);
  if (kind === "invalid") return "has an error in Git, and remains as it was applied";
  if (kind === "declared") return "is not applied yet without it";
  return deletionPolicy === "retain" && unbinding !== null ? null : "is not removed yet";
}
