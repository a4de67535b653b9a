import type { Suspension } from "../../../model/approval.ts";
import { keyParts, type Key } from "../../../model/key.ts";
import type { Reader } from "../../reader.ts";

/** The suspensions that cover the key; the one that ends last first. */
export function suspensionsOf({ world }: Reader, key: Key): readonly Suspension[] {
  const { accountId, namespace } = keyParts(key);
  return world.overview.suspensions
    .filter(({ scope }) =>
      scope.key === null
        ? (scope.accountId ?? accountId) === accountId && (scope.namespace ?? namespace) === namespace
        : scope.key === key,
    )
    .toSorted((a, b) => (a.until < b.until ? 1 : -1));
}
