import type { Origin } from "./values/origin.ts";

/** What is wrong and how to correct it, for the author of a file. */
export interface Mistake {
  readonly message: string;
  /** null if there is no general one. */
  readonly fix: string | null;
}

/** A problem (or a doubt) at a place in a file. */
export interface Diagnostic extends Mistake {
  readonly severity: "error" | "warning";
  /** Kebab-case, stable: `unknown-field`, `duplicate-claim`, `expired-grant` … */
  readonly code: string;
  readonly origin: Origin;
  /** Only if other places have a part in the problem; the message names the first of them. */
  readonly related?: readonly RelatedPlace[];
  /** Only if the same mistake can occur in several accounts or regions. */
  readonly perTarget?: PerTarget;
  /** Only if this one represents many that are not listed. */
  readonly omitted?: Counts;
}

/** Another place that has a part in a problem. */
export interface RelatedPlace {
  /** `Team payments`, `template queue-worker@2`. */
  readonly label: string;
  readonly origin: Omit<Origin, "template">;
}

interface PerTarget {
  /** Equal for the same mistake at one place, in every target. */
  readonly cause: string;
  /** `account prod`, `prod/eu-west-1`. */
  readonly target: string;
}

export function errorAt(origin: Origin, code: string, { message, fix }: Mistake): Diagnostic {
  return { severity: "error", code, origin, message, fix };
}

export function warningAt(origin: Origin, code: string, { message, fix }: Mistake): Diagnostic {
  return { severity: "warning", code, origin, message, fix };
}

/** A mistake once, with the other targets that have it. */
export interface MergedDiagnostic {
  readonly lead: Diagnostic;
  readonly alsoIn: readonly string[];
}

/** One entry for each mistake, in the order of the diagnostics. */
export function mergedDiagnostics(diagnostics: readonly Diagnostic[]): readonly MergedDiagnostic[] {
  const merged = new Map<string | Diagnostic, { lead: Diagnostic; alsoIn: string[] }>();
  for (const diagnostic of diagnostics) {
    const name = mistakeName(diagnostic);
    const known = merged.get(name);
    if (known === undefined) merged.set(name, { lead: diagnostic, alsoIn: [] });
    // The same text applies to every target.
    else if (known.lead.message !== diagnostic.message) known.alsoIn.push(diagnostic.perTarget?.target ?? "");
  }
  return [...merged.values()];
}

function mistakeName(diagnostic: Diagnostic): string | Diagnostic {
  const { code, severity, origin, perTarget } = diagnostic;
  if (perTarget === undefined) return diagnostic;
  return JSON.stringify([code, severity, origin.file, origin.line, origin.column, perTarget.cause]);
}

/** The maximum number of other targets that are named. */
const SHOWN = 3;

/** `unknown variable ${x} in account prod (also in account staging)`. */
export function mergedMessage({ lead, alsoIn }: MergedDiagnostic): string {
  if (alsoIn.length === 0) return lead.message;
  const more = alsoIn.length - SHOWN;
  return `${lead.message} (also in ${alsoIn.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
}

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
}

/** The number of problems, including those that are not listed. */
export function countOf(diagnostics: readonly Diagnostic[]): Counts {
  let [errors, warnings] = [0, 0];
  for (const { severity, omitted } of diagnostics) {
    errors += omitted?.errors ?? (severity === "error" ? 1 : 0);
    warnings += omitted?.warnings ?? (severity === "warning" ? 1 : 0);
  }
  return { errors, warnings };
}
