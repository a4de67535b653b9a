import type { Refusal } from "./ports/control.ts";
import type { SourceMemory } from "./state.ts";

/** Why nothing can be answered before the first revision: a source that cannot be reached is named. */
export function noRevision({ failure }: SourceMemory): Refusal {
  if (failure === null) return { code: "conflict", message: "no revision was read yet" };
  const { message, fix, refused } = failure;
  return { code: refused ? "conflict" : "unavailable", message, hint: fix };
}
