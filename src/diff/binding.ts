import type { DesiredBinding } from "../model/desired.ts";
import type { Comparison, DiffContext } from "./context.ts";

/** What of a binding's role, statements and function differs from git, by meaning. */
export function diffBinding(binding: DesiredBinding, context: DiffContext): Comparison {
  throw new Error(`not compared yet: ${binding.key} ${context.nowMs}`);
}
