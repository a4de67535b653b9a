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
}
