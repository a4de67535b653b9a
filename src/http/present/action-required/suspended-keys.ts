import type { Suspension } from "../../../model/approval.ts";
import type { Key } from "../../../model/keys/key.ts";
import { covers } from "../../../model/keys/suspension-scope.ts";
import type { Reader } from "../../request/reader.ts";

/** The suspensions that cover the key; the one that ends last first. */
export function suspensionsOf({ world }: Reader, key: Key): readonly Suspension[] {
  return world.overview.suspensions
    .filter(({ scope }) => covers(scope, key))
    .toSorted((a, b) => (a.until < b.until ? 1 : -1));
}
