import { isDeepStrictEqual } from "node:util";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AppliedState, KeyRecord } from "../../model/keys/key-record.ts";

/** What Git declares now, and the text of each declaration. */
export interface DeclaredStates {
  readonly desired: {
    readonly bindings: ReadonlyMap<Key, DesiredBinding>;
    readonly policies: ReadonlyMap<Key, DesiredPolicy>;
  };
  readonly sourceTexts: ReadonlyMap<Key, string>;
}

/**
 * The same record, with the declared state and its text in the place of equal applied ones: the last applied state of most
 * keys is the declared one, and memory then has it once instead of twice.
 */
export function withSharedState(record: KeyRecord, { desired, sourceTexts }: DeclaredStates): KeyRecord {
  const { key, applied } = record;
  if (applied === null) return record;
  return {
    ...record,
    applied: {
      ...applied,
      sourceText: shared(sourceTexts.get(key), applied.sourceText),
      desired: sharedState(applied.desired, key, desired),
    },
  };
}

function sharedState(
  applied: AppliedState["desired"],
  key: Key,
  { bindings, policies }: DeclaredStates["desired"],
): AppliedState["desired"] {
  return applied.kind === "binding"
    ? { kind: "binding", binding: shared(bindings.get(key), applied.binding) }
    : { kind: "policy", policy: shared(policies.get(key), applied.policy) };
}

function shared<Value>(declared: Value | undefined, applied: Value): Value {
  return declared !== undefined && isDeepStrictEqual(declared, applied) ? declared : applied;
}
