import { countOf, type Diagnostic } from "../model/diagnostic.ts";
import { fairByFolder } from "../model/values/fair-paths.ts";
import { sortDiagnostics } from "./diagnostics.ts";
import { counted } from "../text/phrases.ts";

/** More diagnostics of one file or revision do not help. Two mistakes in a generated file can cause thousands of lines. */
const IN_A_FILE = 100;
const IN_ALL = 1_000;

/**
 * Sorts diagnostics by file and line, and keeps at most 100 of a file and about 1,000 in total, errors before warnings.
 * If a file has more, its last diagnostic counts the rest. Every file has its share (with more than 1,000 files, every
 * folder), so that one team's mistakes do not hide those of another. Files with errors come before files that have only
 * warnings.
 */
export function cappedDiagnostics(sorted: readonly Diagnostic[]): readonly Diagnostic[] {
  const byFile = [...Map.groupBy(sorted, ({ origin }) => origin.file).values()];
  if (sorted.length <= IN_ALL && byFile.every((found) => found.length <= IN_A_FILE)) return sorted;
  const withErrors = byFile.filter((found) => found.some(isError));
  const withWarnings = byFile.filter((found) => !found.some(isError));
  const fileOf = ([first]: readonly Diagnostic[]): string => first?.origin.file ?? "";
  const wrong = fairByFolder(withErrors, IN_ALL, fileOf);
  const named = new Set([...wrong, ...fairByFolder(withWarnings, IN_ALL - wrong.length, fileOf)]);
  const share = shareOf([...named].map(({ length }) => length));
  const left = [...withErrors, ...withWarnings].filter((found) => !named.has(found));
  return [
    ...byFile.flatMap((found) => (named.has(found) ? firstDiagnostics(found, share, "in this file") : [])),
    ...inOtherFiles(left.flat(), left.length),
  ];
}

/** The share of each file, so that all together stay within the limit; at least one. */
function shareOf(lengths: readonly number[]): number {
  let share = Math.min(IN_A_FILE, Math.max(...lengths));
  while (share > 1 && lengths.reduce((sum, length) => sum + Math.min(length, share), 0) > IN_ALL) share -= 1;
  return share;
}

/** The first of them, errors before warnings, and one that counts the rest. @param where `in this document` */
export function firstDiagnostics(
  found: readonly Diagnostic[],
  share: number,
  where: string,
): readonly Diagnostic[] {
  if (found.length <= share) return found;
  const errorsFirst = [...found.filter(isError), ...found.filter((one) => !isError(one))];
  const shown = sortDiagnostics(errorsFirst.slice(0, share));
  return [...shown, rest(errorsFirst.slice(share), where)];
}

function inOtherFiles(left: readonly Diagnostic[], files: number): readonly Diagnostic[] {
  return left.length === 0 ? [] : [rest(left, `in ${files} more files`)];
}

function rest(left: readonly Diagnostic[], where: string): Diagnostic {
  const omitted = countOf(left);
  // The place after all listed diagnostics, if the list is sorted by place.
  const last = left.reduce((a, b) => (b.origin.line >= a.origin.line ? b : a));
  return {
    severity: omitted.errors > 0 ? "error" : "warning",
    code: "more-findings",
    origin: { ...last.origin, path: "" },
    message: `${countText(omitted)} ${where}`,
    fix: "fix the others first",
    omitted,
  };
}

/** `79921 more errors and 1 more warning`. */
function countText({ errors, warnings }: { readonly errors: number; readonly warnings: number }): string {
  const parts = [
    ...(errors === 0 ? [] : [counted(errors, "more error")]),
    ...(warnings === 0 ? [] : [counted(warnings, "more warning")]),
  ];
  return parts.join(" and ");
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}
