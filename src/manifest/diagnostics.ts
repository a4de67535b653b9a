import type { Diagnostic } from "../model/diagnostic.ts";
import { byText } from "../text/order.ts";

/** Orders diagnostics by file, line and column, and then by code and message. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(compareDiagnostics);
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    byText(a.origin.file, b.origin.file) ||
    a.origin.line - b.origin.line ||
    a.origin.column - b.origin.column ||
    byText(a.code, b.code) ||
    byText(a.message, b.message)
  );
}

/** A problem of a document appears in each of its bindings: it is reported once. */
export function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byPlace = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { origin, code, message } = diagnostic;
    byPlace.set(`${origin.file}:${origin.line}:${origin.column} ${code} ${message}`, diagnostic);
  }
  return sortDiagnostics([...byPlace.values()]);
}
