import { foldConsequences, type Folded } from "../../model/consequences.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";

/** One entry for each mistake of a manifest. */
export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly Folded<Diagnostic>[] {
  return foldConsequences(diagnostics, ({ code, severity, origin: { file, line, column } }) => ({
    code,
    place: `${file}:${line}:${column}`,
    isError: severity === "error",
  }));
}
