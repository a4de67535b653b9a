import type { Position } from "../../../src/text/located/positions.ts";
import type { Analysis } from "../../../src/workbench/language/analysis.ts";
import { compile } from "../../../src/manifest/compile/compile.ts";
import { COMPILE_CONTEXT, parseText, PLATFORM_FILES } from "../manifests.ts";

/** The analysis of these files, next to the account of `PLATFORM_FILES`; without the findings of rules. */
export function analysisOf(own: Readonly<Record<string, string>>): Analysis {
  const texts = { ...PLATFORM_FILES, ...own };
  const files = Object.entries(texts).map(([path, text]) => parseText(path, text));
  const compilation = compile(files, COMPILE_CONTEXT);
  return {
    files,
    compilation,
    service: null,
    paths: COMPILE_CONTEXT,
    diagnostics: compilation.diagnostics,
    correctedAt: () => [],
    linesOf: (file) => texts[file]?.split(/\r?\n/) ?? null,
  };
}

/** The place of the character behind `|` in a part of the text; the part without `|` occurs first there. */
export function placeOf(text: string, marked: string): Position {
  const start = text.indexOf(marked.replace("|", ""));
  if (start < 0) throw new Error(`the text has no ${marked}`);
  const before = text.slice(0, start + marked.indexOf("|")).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
