import { withoutUnprintable } from "../../text/characters.ts";
import {
  REMOVED_TEXT,
  type EdgeState,
  type MapEdge,
  type MapNode,
} from "../../model/answers/questions/access-map.ts";

const STATES = {
  effective: "",
  removed: `${REMOVED_TEXT}: `,
  undeclared: "undeclared: ",
  pending: "pending: ",
  unknown: "not observed: ",
} as const satisfies Record<EdgeState, string>;

/**
 * The words of an arrow: the permission with its conditions, and the part of the resource that the node does not show. Without
 * them it would claim more than AWS allows.
 */
export function edgeLabel({ what, on, details, state }: MapEdge, to: MapNode | undefined): string {
  const isShown = to?.kind !== "resource" || to.name === on;
  return shownName([`${STATES[state]}${what}`, ...(isShown ? [] : [on]), ...details].join(", "));
}

/** A name of a policy, without characters that would change what is around it, such as the direction of writing. */
export function shownName(text: string): string {
  return withoutUnprintable(text);
}
