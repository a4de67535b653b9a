import { changesOf, type Change } from "./operators.ts";
import { parseTypeScript } from "./syntax.ts";

/** A file with one change. */
export interface Mutant {
  /** Counts over all files of a run. */
  readonly id: number;
  readonly file: string;
  readonly change: Change;
  readonly lineNumber: number;
  /** The line that the change begins in, without the space around it. */
  readonly line: string;
  /** `a < b → a <= b`. */
  readonly words: string;
}

/** Every mutant of the files, in their order and that of their text. */
export function mutantsOf(texts: ReadonlyMap<string, string>): readonly Mutant[] {
  const found = [...texts].flatMap(([file, text]) =>
    changesOf(parseTypeScript(text), text).map((change) => ({ file, change, ...wordsOf(change, text) })),
  );
  return found.map((mutant, id) => ({ id, ...mutant }));
}

function wordsOf({ start, end, to }: Change, text: string): Pick<Mutant, "lineNumber" | "line" | "words"> {
  const before = text.slice(0, start).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  const short = (part: string): string => part.replaceAll(/\s+/g, " ");
  return {
    lineNumber: before.length,
    line: line.trim(),
    words: `${short(text.slice(start, end))} → ${short(to)}`,
  };
}

export function mutatedText(text: string, { start, end, to }: Change): string {
  return text.slice(0, start) + to + text.slice(end);
}

interface Insertion {
  readonly at: number;
  /** Of those at one place: ends before beginnings, inner ends first, outer beginnings first. */
  readonly order: readonly number[];
  readonly put: string;
}

/** The text with a marker at each mutant: it records which tests reach the mutant. */
export function hitText(text: string, mutants: readonly Mutant[]): string {
  const insertions = mutants.flatMap(({ id, change: { start, end, kind } }): readonly Insertion[] => [
    { at: start, order: [1, -end, id], put: kind === "statement" ? `{__hit[${id}]=1;` : `(__hit[${id}]=1,` },
    { at: end, order: [0, -start, -id], put: kind === "statement" ? "}" : ")" },
  ]);
  insertions.sort((a, b) => a.at - b.at || compareNumbers(a.order, b.order));
  let from = 0;
  const parts = insertions.map(({ at, put }) => {
    const part = text.slice(from, at) + put;
    from = at;
    return part;
  });
  return parts.join("") + text.slice(from);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, at) => value !== b[at]);
  return differing === -1 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}
