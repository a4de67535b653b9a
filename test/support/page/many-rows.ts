import { formatKey, type Key } from "../../../src/model/keys/key.ts";
import type { AccountId, Namespace, ObjectName, Region } from "../../../src/model/aws/ids.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { FakeState } from "../fakes/fake-state.ts";
import { NOW } from "../fakes/fake-control.ts";
import { drift, record } from "../screens/world-states.ts";

export const COUNT = 10_000;

function keyNumber(at: number): Key {
  return formatKey({
    kind: "function",
    accountId: "111122223333" as AccountId,
    region: "eu-west-1" as Region,
    namespace: `team-${at % 50}` as Namespace,
    name: `function-${String(at).padStart(5, "0")}` as ObjectName,
  });
}

const CHANGED = keyNumber(4_321);

function recordNumber(at: number): KeyRecord {
  const key = keyNumber(at);
  if (key !== CHANGED) return record(key, at % 1_000 === 7 ? { sync: "Unknown" } : {});
  const drifted = {
    since: NOW,
    fields: ["hotfix"],
    delta: { allowed: [], noLongerAllowed: [], unknownEffect: [] },
    actor: null,
  };
  return {
    ...record(key, { sync: "OutOfSync", drift: drifted }),
    driftSinceMs: { [driftFingerprint(drift(key))]: Date.parse(NOW) - 60_000 },
  };
}

/** Ten thousand functions of 50 teams: one has drift, and ten are not read. */
export function manyRows(): Partial<FakeState> {
  const records = Array.from({ length: COUNT }, (_, at) => recordNumber(at));
  return { records, objects: [] };
}
