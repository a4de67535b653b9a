import { foldConsequences } from "../../model/rules/consequences.ts";
import { mergedDiagnostics, mergedMessage, type Diagnostic } from "../../model/diagnostic.ts";

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

/** One entry for each mistake of a manifest: of one in several accounts, and of what follows from one. */
export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly FoldedDiagnostic[] {
  const folded = foldConsequences(mergedDiagnostics(diagnostics), ({ lead: { code, severity, origin } }) => ({
    code,
    place: `${origin.file}:${origin.line}:${origin.column}`,
    isError: severity === "error",
  }));
  return folded.map(({ lead: merged, more }) => {
    const { lead, targets, warnsIn } = merged;
    return { lead, message: mergedMessage(merged), more, targets, warnsIn };
  });
}
