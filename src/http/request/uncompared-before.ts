import { keyParts, type Key } from "../../model/keys/key.ts";
import type { World } from "./world.ts";

type ComparedWorld = Pick<World, "accounts" | "objectOf" | "overview" | "records">;

/**
 * The start of the controller, if Git changed before it and no pass has compared the change: the record is of the earlier
 * declaration then. null: the record is of the one in force.
 */
export function uncomparedBefore(key: Key, world: ComparedWorld): string | null {
  if (world.accounts.get(keyParts(key).accountId)?.comparing !== true) return null;
  return isOfEarlier(key, world) ? world.overview.startedAt : null;
}

function isOfEarlier(key: Key, { objectOf, records }: ComparedWorld): boolean {
  const object = objectOf.get(key);
  if (object !== undefined) return object.observedGeneration !== object.generation;
  // It was removed from Git: a pass that sees this never leaves it ready.
  const conditions = records.get(key)?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
