import type { EffectiveLine } from "../../model/permission-state.ts";

/** Declared now; by the last applied revision only; by neither, so that it was added in AWS. */
export type Mark = "declared" | "formerly" | "added";

/** In the order of the screen. */
export const MARKS: readonly Mark[] = ["declared", "formerly", "added"];

export function markFields(mark: Mark): Pick<EffectiveLine, "isDeclared" | "wasDeclared"> {
  return { isDeclared: mark === "declared", wasDeclared: mark === "formerly" };
}
