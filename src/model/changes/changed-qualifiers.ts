import { getOrAdd } from "../values/lists.ts";
import type { Region } from "../aws/ids.ts";
import type { KnownChanges } from "./attribution.ts";

/** A function in the index of `changedQualifiers`. */
export function functionPlaceId(region: Region, functionName: string): string {
  return `${region} ${functionName}`;
}

/** By function: the aliases and versions that the events name. */
export function changedQualifiers({ records }: KnownChanges): ReadonlyMap<string, readonly string[]> {
  const byFunction = new Map<string, Set<string>>();
  for (const { event } of records) {
    const { object } = event;
    // $LATEST is the function itself.
    if (object.kind !== "function" || object.qualifier === null || object.qualifier === "$LATEST") continue;
    const id = functionPlaceId(object.region, object.name);
    getOrAdd(byFunction, id, () => new Set<string>()).add(object.qualifier);
  }
  return new Map([...byFunction].map(([id, qualifiers]) => [id, [...qualifiers]]));
}
