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

/**
 * A problem that names its account: the same mistake in other accounts is shown with it. A problem without the account's
 * name has the same text in all of them.
 */
export function inAccount(diagnostic: Diagnostic, account: string): Diagnostic {
  const target = `account ${account}`;
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- the cause leaves out the account, so that several accounts are shown once
  const cause = diagnostic.message.replaceAll(named(target), "account …");
  return cause === diagnostic.message ? diagnostic : { ...diagnostic, perTarget: { cause, target } };
}

/** Matches the complete phrase, and not the beginning of a longer name. */
function named(words: string): RegExp {
  return new RegExp(`\\b${words.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w.-])`, "g");
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
