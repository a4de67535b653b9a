import { describe, expect, test } from "@jest/globals";
import { hitText, mutantsOf, mutatedText } from "../../../tools/mutate/mutants.ts";
import { regexChanges } from "../../../tools/mutate/regex.ts";
import { countsOf, nameOf, scoreOf, staleNames, type JudgedMutant } from "../../../tools/mutate/report.ts";
import type { Verdict } from "../../../tools/mutate/verdicts.ts";

const wordsOf = (text: string): readonly string[] =>
  mutantsOf(new Map([["a.ts", text]])).map(({ words }) => words);

describe("a line of source", () => {
  test.each([
    {
      text: "if (a < 2) b();",
      words: ["a < 2 → true", "a < 2 → false", "a < 2 → a <= 2", "a < 2 → a >= 2", "2 → 3", "b(); → ;"],
    },
    { text: "const a = b ?? c;", words: ["b ?? c → b", "b ?? c → c"] },
    { text: "const a = !b;", words: ["!b → b"] },
    { text: 'const a: "x" = "y" as const;', words: ['"y" → ""'] },
    { text: "const a = [...b, c];", words: ["[...b, c] → []", "[...b, c] → [c]", "[...b, c] → [...b]"] },
    { text: "const a = b.map(c).sort();", words: ["b.map(c) → b", "b.map(c).sort() → b.map(c)"] },
    { text: 'throw new Error("x" + y);', words: [] },
    { text: 'import { a } from "b";', words: [] },
  ])("is mutated one change at a time: $text", ({ text, words }) => {
    expect(wordsOf(text).toSorted()).toEqual(words.toSorted());
  });

  test("is mutated at the correct position after multi-byte letters", () => {
    const text = '// “é”\nconst a = "x";\n';
    const [mutant] = mutantsOf(new Map([["a.ts", text]]));

    expect(mutant).toMatchObject({ lineNumber: 2, line: 'const a = "x";' });
    expect(mutant && mutatedText(text, mutant.change)).toBe('// “é”\nconst a = "";\n');
  });

  test("is marked at each place that a mutant would change, outer ones first", () => {
    const text = "a(b && c);";

    expect(hitText(text, mutantsOf(new Map([["a.ts", text]])))).toBe(
      "{__hit[0]=1;a((__hit[1]=1,(__hit[2]=1,b && c)));}",
    );
  });
});

test("a regular expression loses its anchors, quantifiers and flags, and its classes are negated", () => {
  expect(regexChanges("/^[a-z]+\\d$/i")).toEqual([
    "/[a-z]+\\d$/i",
    "/^[^a-z]+\\d$/i",
    "/^[a-z]\\d$/i",
    "/^[a-z]+\\D$/i",
    "/^[a-z]+\\d/i",
    "/^[a-z]+\\d$/",
  ]);
});

describe("a report", () => {
  const judged = mutantsOf(new Map([["a.ts", "const a = b ?? c;\nconst d = !e;\n"]])).map(
    (mutant, at): JudgedMutant => {
      const verdict: Verdict = at === 0 ? { kind: "killed", test: "t" } : { kind: "survived" };
      return { mutant, verdict };
    },
  );
  const names = judged.map(({ mutant }) => nameOf(mutant));

  test("counts an explained survivor as a survivor", () => {
    const counts = countsOf(judged, new Set(names.slice(2)));

    expect(counts).toEqual({ mutants: 3, killed: 1, stopped: 0, explained: 1, unexplained: 1 });
    expect(scoreOf(counts).toFixed(1)).toBe("33.3");
  });

  test("calls an explanation stale when its mutant is killed or gone, in the files that were tried", () => {
    const explained = new Set([...names, "a.ts | gone | x → y", "b.ts | elsewhere | x → y"]);

    expect(staleNames(explained, judged, new Set(["a.ts"]))).toEqual([names[0], "a.ts | gone | x → y"]);
  });
});
