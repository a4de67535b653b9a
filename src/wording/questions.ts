import type { EdgeState } from "../model/answers/questions/access-map.ts";
import type { Outsider } from "../model/answers/questions/who-can.ts";

/** What the answer to "who can" leaves out, on every screen: without it, "denied" would claim more than was evaluated. */
export const WHO_CAN_LEAVES_OUT =
  "users, roles without a function, roles of published versions, the policy of the resource (except of functions), service control policies";

/** The same of the functions that outsiders may call. */
export const EXPOSED_LEAVES_OUT =
  "aliases and versions that no manifest declares and no read has reached yet, event source mappings, who may assume the roles";

export const OUTSIDER_TEXTS = {
  public: "everyone",
  takeover: "others may do more than call",
  "no-source": "a service on behalf of anyone",
  "foreign-account": "another account or organization",
} as const satisfies Record<Outsider, string>;

/** `2 pending, 3 declared and not observed in AWS`: what a map has and AWS was not seen to have. null: nothing. */
export function notInEffectText(states: readonly EdgeState[]): string | null {
  const parts = NOT_IN_EFFECT.flatMap(({ state, text }) => {
    const count = states.filter((each) => each === state).length;
    return count === 0 ? [] : [`${count} ${text}`];
  });
  return parts.length === 0 ? null : parts.join(", ");
}

const NOT_IN_EFFECT = [
  { state: "pending", text: "pending" },
  { state: "unknown", text: "declared and not observed in AWS" },
] as const satisfies readonly { readonly state: EdgeState; readonly text: string }[];
