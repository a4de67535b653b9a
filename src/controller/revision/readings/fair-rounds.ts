import {
  parseReference,
  placeName,
  type ReferencePlace,
  type ReferenceText,
} from "../../../model/aws/reference.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import { sortedSet } from "../../../text/order.ts";

/** Where the keys of a compilation name values in AWS. */
export type NamedPlaces = ReadonlyMap<Key, readonly ReferencePlace[]>;

/** The stacks, parameters and tags of each namespace that the first round reads; each later round reads twice as many. */
const OF_FIRST_ROUND = 5;

/**
 * The places in the order in which they are read, in rounds. A namespace with many has no more in the first round than one with
 * few, so it delays no other by more than its share. The outputs of a stack that a namespace names are in one round.
 */
export function fairRounds(
  places: readonly ReferencePlace[],
  named: NamedPlaces,
): readonly (readonly ReferencePlace[])[] {
  const positions = firstPositions(named);
  const last = Number.MAX_SAFE_INTEGER;
  const rounds = Map.groupBy(places, (place) => roundOf(positions.get(placeName(place)) ?? last));
  return [...rounds].sort(([a], [b]) => a - b).map(([, round]) => round);
}

function roundOf(position: number): number {
  return Math.floor(Math.log2(position / OF_FIRST_ROUND + 1));
}

/** By `placeName`: how many other reads of a namespace are before it; of several namespaces, the least. */
function firstPositions(named: NamedPlaces): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  for (const places of placesByNamespace(named).values()) {
    const unitsInOrder = sortedSet(places.map(({ text }) => unitOf(text)));
    const order = new Map(unitsInOrder.map((unit, index) => [unit, index]));
    for (const place of places) {
      const name = placeName(place);
      const position = order.get(unitOf(place.text)) ?? 0;
      positions.set(name, Math.min(position, positions.get(name) ?? position));
    }
  }
  return positions;
}

/** By account, region and namespace. */
function placesByNamespace(named: NamedPlaces): ReadonlyMap<string, readonly ReferencePlace[]> {
  const found = new Map<string, ReferencePlace[]>();
  for (const [key, places] of named)
    for (const place of places) {
      const name = `${place.accountId} ${place.region} ${keyParts(key).namespace}`;
      const known = found.get(name) ?? [];
      known.push(place);
      found.set(name, known);
    }
  return found;
}

/** What one read answers: all outputs of a stack. */
function unitOf(text: ReferenceText): string {
  const reference = parseReference(text);
  return reference?.kind === "stack-output" ? `stack.${reference.stack}` : text;
}
