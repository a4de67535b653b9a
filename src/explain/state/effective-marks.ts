import type { EffectiveLine } from "../../model/answers/permission-state.ts";

/** `declared` now, `formerly` declared by the last applied revision, or `added` in AWS without a declaration. */
export type Mark = "declared" | "formerly" | "added";

/** In the order in which the screen lists them. */
export const MARKS: readonly Mark[] = ["declared", "formerly", "added"];

export function markFields(mark: Mark): Pick<EffectiveLine, "isDeclared" | "wasDeclared"> {
  return { isDeclared: mark === "declared", wasDeclared: mark === "formerly" };
}
