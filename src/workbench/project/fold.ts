import { foldConsequences } from "../../model/rules/consequences.ts";
import {
  mergedDiagnostics,
  mergedMessage,
  type Diagnostic,
  type MergedDiagnostic,
} from "../../model/diagnostic.ts";

/** A mistake of a manifest, once. */
export interface FoldedDiagnostic {
  readonly lead: Diagnostic;
  /** Of the lead, with the other accounts in which it was found. */
  readonly message: string;
  /** How many others at its place follow from it. */
  readonly more: number;
  /** All targets that have it, as severe as the lead. */
  readonly targets: readonly string[];
  /** Where it is only a warning, and the lead is an error. */
  readonly warnsIn: readonly string[];
}

/** One entry for each mistake: of one in several accounts, of one that several documents make, and of what follows from one. */
export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly FoldedDiagnostic[] {
  const folded = foldConsequences(
    withoutShared(mergedDiagnostics(diagnostics)),
    ({ lead: { code, severity, origin } }) => ({
      code,
      place: `${origin.file}:${origin.line}:${origin.column}`,
      isError: severity === "error",
    }),
  );
  return folded.map(({ lead: merged, more }) => {
    const { lead, targets, warnsIn } = merged;
    return { lead, message: mergedMessage(merged), more, targets, warnsIn };
  });
}

/** Of a mistake that several documents make together, the first one: its message names all. */
function withoutShared(merged: readonly MergedDiagnostic[]): readonly MergedDiagnostic[] {
  const seen = new Set<string>();
  return merged.filter(({ lead: { code, shared } }) => {
    if (shared === undefined) return true;
    const name = JSON.stringify([code, shared]);
    const isFirst = !seen.has(name);
    seen.add(name);
    return isFirst;
  });
}
