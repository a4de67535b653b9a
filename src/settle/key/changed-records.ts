import type { AlertEvent } from "../../model/alert-event.ts";
import type { AuditFact } from "../../audit/entry.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Key } from "../../model/keys/key.ts";
import { mapSteps, type Steps } from "../../model/values/steps.ts";
import { isEqual } from "../../text/json-values.ts";
import type { DonePass } from "../outcome/outcome.ts";
import type { SettledKey } from "./settle-key.ts";

interface News extends Pick<DonePass, "recorded"> {
  readonly facts: readonly AuditFact[];
  readonly alerts: readonly AlertEvent[];
}

/**
 * The records that are to be stored, with a pause after each key. Those of keys with an entry or an alert are always among
 * them: these are recorded in the transaction of the row, so that a kill does not repeat them.
 */
export function* changedRecords(
  keys: readonly SettledKey[],
  { facts, alerts, recorded }: News,
): Steps<readonly KeyRecord[]> {
  const named = new Set<Key>([...facts, ...alerts].flatMap((one) => ("key" in one ? [one.key] : [])));
  const changed = yield* mapSteps(keys, (settled) => {
    const { key } = settled.view.subject;
    // The record that was written before the first write is newer than the one that the pass began with.
    return named.has(key) || recorded.has(key) || isChanged(settled) ? settled.record : null;
  });
  return changed.filter((record) => record !== null);
}

/** In any order of the members: the store sorts them, and a pass creates them in its own order. */
function isChanged({ view, record }: SettledKey): boolean {
  return !isEqual(view.subject.record, record);
}
