import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { digestOf, type Digest } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { withoutPlaces } from "../../text/json-values.ts";

/** The digest of what a state declares, wherever in Git it does. */
export function declarationDigest(state: DesiredBinding | DesiredPolicy): Digest {
  // As in the record, which has no undefined members.
  return digestOf(withoutPlaces(JSON.parse(JSON.stringify(state)) as Json));
}

/**
 * The digests of the declared states, computed once for each: a quarter of a pass that finds every role changed
 * (bench/watches.ts).
 * Lifetime: the controller's or a command's; a digest is dropped with its state, which a new revision replaces.
 */
export class DeclarationDigests {
  readonly #digests = new WeakMap<DesiredBinding | DesiredPolicy, Digest>();

  digestOf(state: DesiredBinding | DesiredPolicy): Digest {
    return getOrAdd(this.#digests, state, () => declarationDigest(state));
  }
}
