import { withoutExpired } from "../manifest/expiry.ts";
import { keyParts, type Key } from "../model/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../model/key-record.ts";
import type { Pass } from "./pass.ts";
import type { Subject } from "./subject.ts";

/** For so long after its `until` a statement stays, dead, so that clocks may differ. */
const EXPIRY_GRACE_MS = 300_000;

/** The keys of the pass, sorted: of the whole account (in git, invalid there, or in the record alone), or those asked for. */
export function subjectsInScope(pass: Pass, nowMs: number): readonly Subject[] {
  const keys = pass.scope.kind === "keys" ? pass.scope.keys : keysOf(pass);
  return [...keys]
    .sort()
    .map((key) => subjectOf(key, pass, nowMs))
    .filter((subject) => subject.kind !== "removed" || isKnown(subject.record));
}

function keysOf(pass: Pass): readonly Key[] {
  const { desired, invalid } = pass.compilation;
  const named = [
    desired.bindings.keys(),
    desired.policies.keys(),
    invalid.keys(),
    pass.brokenFileKeys.keys(),
    pass.records.keys(),
  ];
  const keys = new Set(named.flatMap((of) => [...of]));
  return [...keys].filter((key) => keyParts(key).accountId === pass.account.id);
}

function subjectOf(key: Key, pass: Pass, nowMs: number): Subject {
  const record = pass.records.get(key) ?? emptyKeyRecord(key);
  const { desired, invalid } = pass.compilation;
  const diagnostics = invalid.get(key);
  if (diagnostics !== undefined) return { kind: "invalid", key, record, diagnostics };
  const binding = desired.bindings.get(key);
  if (binding !== undefined)
    return { kind: "desired", key, record, desired: withoutExpired(binding, nowMs, EXPIRY_GRACE_MS) };
  const policy = desired.policies.get(key);
  if (policy !== undefined) return { kind: "desired", key, record, desired: policy };
  const broken = pass.brokenFileKeys.get(key);
  if (broken !== undefined) return { kind: "invalid", key, record, diagnostics: [broken] };
  return { kind: "removed", key, record };
}

function isKnown(record: KeyRecord): boolean {
  return record.applied !== null || record.inventory.length > 0;
}
