import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { ComparedChanges } from "../../model/passes/pass-memory.ts";
import type { Digest } from "../../model/values/digest.ts";
import { observedObjects } from "../revision/object-records.ts";
import type { ControllerContext } from "../settings.ts";
import { readInParts } from "../slices.ts";
import type { ControllerState } from "../state/controller-state.ts";

/**
 * Marks what the passes of other replicas have compared, and records the objects of which no key is left: these have keys in
 * accounts of several replicas. @param digest of what is in force in this process @throws Error if the record cannot be written
 */
export async function markCompared(digest: Digest, { state, ports }: ControllerContext): Promise<void> {
  const observed = keysWithout(state.unobserved, ({ unobserved }) => unobserved, { state, digest });
  const compared = keysWithout(state.uncompared.keys(), ({ uncompared }) => uncompared, { state, digest });
  if (compared.size > 0) state.compared(compared);
  if (observed.size === 0) return;
  state.observed(observed);
  const { enforced, unobserved: pending } = state;
  const seen = state.unmarked.filter((object) => !object.keys.some((key) => pending.has(key)));
  if (seen.length === 0) return;
  await state.recordedObjects.observe(async () => {
    const records = await readInParts(seen, (part) => ports.store.objectsNamed(part), ports.eventLoop);
    const objects = observedObjects(records, pending);
    if (objects.length > 0) await ports.recorder.record({ facts: [], change: { objects }, alerts: [] });
    if (state.enforced === enforced) state.marked(seen);
  });
}

/** Those of assigned accounts that a pass over what is in force has compared. */
function keysWithout(
  keys: Iterable<Key>,
  left: (compared: ComparedChanges) => readonly Key[],
  { state, digest }: { readonly state: Pick<ControllerState, "assigned">; readonly digest: Digest },
): ReadonlySet<Key> {
  const byAccount = Map.groupBy(keys, (key) => accountIdOf(key));
  const done = [...byAccount].flatMap(([accountId, all]): readonly Key[] => {
    const compared = state.assigned.comparedOf(accountId, digest);
    if (compared === undefined) return [];
    const waiting = new Set(left(compared));
    return all.filter((key) => !waiting.has(key));
  });
  return new Set(done);
}
