import { memberOf } from "./conversation.ts";

/** Lines that the difference of a pull request shows without a gap, counted in the changed file. */
export interface ShownLines {
  readonly file: string;
  /** The first and the last, from 1. */
  readonly line: number;
  readonly endLine: number;
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm;

/**
 * Of a page of the changed files of GitHub. A file without a patch, such as a large one, shows no line.
 * @see https://docs.github.com/en/rest/pulls/pulls (list pull requests files)
 */
export function shownLinesIn(files: unknown): readonly ShownLines[] {
  return (Array.isArray(files) ? files : []).flatMap((one) => {
    const [file, patch] = [memberOf(one, "filename"), memberOf(one, "patch")];
    if (typeof file !== "string" || typeof patch !== "string") return [];
    return [...patch.matchAll(HUNK)].map(([, first, count = "1"]) => {
      const line = Number(first);
      return { file, line, endLine: line + Number(count) - 1 };
    });
  });
}

/** GitHub takes a comment for several lines only if all are in one part of the difference. */
export function isInDifference(shown: readonly ShownLines[], { file, line, endLine }: ShownLines): boolean {
  return shown.some((one) => one.file === file && one.line <= line && endLine <= one.endLine);
}
