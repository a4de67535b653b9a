import type { Refusal } from "../ports/control.ts";
import type { SourceState } from "../state/source-state.ts";

/** The error for every question before the first revision was read; names the source if it cannot be reached. */
export function noRevision({ memory: { failure } }: SourceState): Refusal {
  if (failure === null) return { code: "conflict", message: "no revision was read yet" };
  const { message, fix, refused } = failure;
  return { code: refused ? "conflict" : "unavailable", message, hint: fix };
}
