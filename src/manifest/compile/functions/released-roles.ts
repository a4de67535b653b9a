import type { DesiredBinding } from "../../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { Holders, PlaceOfClaim } from "../conflicts.ts";

/**
 * A release that names another role than the one that was applied: nothing would be written, and the function would count
 * as released while its role still has the ownership tags.
 */
export function otherReleasedRoles(
  bindings: readonly DesiredBinding[],
  placeOf: PlaceOfClaim,
  holders: Holders,
): ReadonlyMap<Key, readonly Diagnostic[]> {
  return new Map(
    bindings.flatMap(({ key, role, released }) => {
      const held = released === true ? holders.get(key)?.role.arn : undefined;
      if (held === undefined || held === role.arn) return [];
      const message = `mode release names role ${role.arn}, and ${held} was applied`;
      const fix = "change only the mode: the release of the applied role removes its ownership tags";
      return [[key, [errorAt(placeOf(key, "role"), "other-released-role", { message, fix })]] as const];
    }),
  );
}
