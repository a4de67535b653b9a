import type { Compilation } from "../manifest/compile.ts";
import { withoutExpired } from "../manifest/expiry.ts";
import type { DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { AccountId } from "../model/ids.ts";
import { keyParts, type Key } from "../model/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../model/key-record.ts";

/** What a pass has to do with one key. */
export type Subject =
  /** Git says what it is. */
  | { readonly kind: "desired"; readonly key: Key; readonly record: KeyRecord; readonly desired: DesiredBinding | DesiredPolicy }
  /** Git names it, but what it says can't be compiled: the last applied state goes on, where there is one. */
  | { readonly kind: "invalid"; readonly key: Key; readonly record: KeyRecord; readonly diagnostics: readonly Diagnostic[] }
  /** Git names it no more. */
  | { readonly kind: "removed"; readonly key: Key; readonly record: KeyRecord };

export interface SubjectInput {
  readonly accountId: AccountId;
  readonly compilation: Compilation;
  readonly records: ReadonlyMap<Key, KeyRecord>;
  /** Keys last seen in files that do not parse now: they count as still held by them. */
  readonly brokenFileKeys: ReadonlyMap<Key, Diagnostic>;
  readonly nowMs: number;
  readonly expiryGraceMs: number;
}

/** Every key that this account has to do with, sorted: in git, invalid there, or in the record alone. */
export function subjectsOf(input: SubjectInput): readonly Subject[] {
  const { compilation, records, brokenFileKeys, accountId } = input;
  const keys = new Set<Key>([
    ...compilation.desired.bindings.keys(),
    ...compilation.desired.policies.keys(),
    ...compilation.invalid.keys(),
    ...brokenFileKeys.keys(),
    ...records.keys(),
  ]);
  return [...keys]
    .filter((key) => keyParts(key).accountId === accountId)
    .sort()
    .map((key) => subjectOf(key, input))
    .filter((subject) => subject.kind !== "removed" || isKnown(subject.record));
}

function subjectOf(key: Key, input: SubjectInput): Subject {
  const record = input.records.get(key) ?? emptyKeyRecord(key);
  const invalid = input.compilation.invalid.get(key);
  if (invalid !== undefined) return { kind: "invalid", key, record, diagnostics: invalid };
  const binding = input.compilation.desired.bindings.get(key);
  if (binding !== undefined) {
    return { kind: "desired", key, record, desired: withoutExpired(binding, input.nowMs, input.expiryGraceMs) };
  }
  const policy = input.compilation.desired.policies.get(key);
  if (policy !== undefined) return { kind: "desired", key, record, desired: policy };
  const broken = input.brokenFileKeys.get(key);
  if (broken !== undefined) return { kind: "invalid", key, record, diagnostics: [broken] };
  return { kind: "removed", key, record };
}

function isKnown(record: KeyRecord): boolean {
  return record.applied !== null || record.inventory.length > 0;
}

/** What git wants of the subject; null where it says nothing that holds. */
export function desiredOf(subject: Subject): DesiredBinding | DesiredPolicy | null {
  return subject.kind === "desired" ? subject.desired : null;
}

/** The last applied state, the ground of an undo plan. */
export function appliedOf(record: KeyRecord): DesiredBinding | DesiredPolicy | null {
  const applied = record.applied?.desired;
  if (applied === undefined) return null;
  return applied.kind === "binding" ? applied.binding : applied.policy;
}

export function isBinding(state: DesiredBinding | DesiredPolicy): state is DesiredBinding {
  return "functionName" in state;
}
