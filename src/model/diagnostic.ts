import type { Origin } from "./origin.ts";

/** One thing wrong (or doubtful) with what a person wrote, and how to mend it. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Kebab-case, stable: `unknown-field`, `duplicate-claim`, `expired-grant` … */
  readonly code: string;
  readonly origin: Origin;
  readonly message: string;
  /** How to mend it, for the author. */
  readonly mend: string | null;
  /** Only where this one stands for many that are not listed. */
  readonly omitted?: Counts;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

/** How many there are, with those that are not listed. */
export function countOf(diagnostics: readonly Diagnostic[]): Counts {
  let [errors, warnings] = [0, 0];
  for (const { severity, omitted } of diagnostics) {
    errors += omitted?.errors ?? (severity === "error" ? 1 : 0);
    warnings += omitted?.warnings ?? (severity === "warning" ? 1 : 0);
  }
  return { errors, warnings };
}
