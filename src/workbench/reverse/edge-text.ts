import type { EdgeState, MapEdge } from "../../model/answers/questions/access-map.ts";

const STATES = {
  effective: "",
  undeclared: "undeclared: ",
  pending: "pending: ",
  unknown: "not read: ",
} as const satisfies Record<EdgeState, string>;

/** What an arrow of a picture stands for, with its conditions: without them it would claim more than AWS allows. */
export function edgeText({ what, details, state }: MapEdge): string {
  return [`${STATES[state]}${what}`, ...details].join(", ");
}
