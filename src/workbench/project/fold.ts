import { foldConsequences } from "../../model/rules/consequences.ts";
import { mergedDiagnostics, mergedMessage, type Diagnostic } from "../../model/diagnostic.ts";

/** A mistake of a manifest, once. */
export interface FoldedDiagnostic {
  readonly lead: Diagnostic;
  /** Of the lead, with the other accounts in which it was found. */
  readonly message: string;
  /** How many others at its place follow from it. */
  readonly more: number;
}

/** One entry for each mistake of a manifest: of one in several accounts, and of what follows from one. */
export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly FoldedDiagnostic[] {
  const merged = mergedDiagnostics(diagnostics);
  const folded = foldConsequences(merged, ({ lead: { code, severity, origin } }) => ({
    code,
    place: `${origin.file}:${origin.line}:${origin.column}`,
    isError: severity === "error",
  }));
  return folded.map(({ lead, more }) => ({ lead: lead.lead, message: mergedMessage(lead), more }));
}
