import { mutatedText, type Mutant } from "./mutants.ts";
import type { Runner } from "./runner.ts";
import type { CoveredTest, TestChoice } from "./child.ts";

export type Verdict =
  /** `test` failed. */
  | { readonly kind: "killed"; readonly test: string }
  /** It never returned, or took all the memory. */
  | { readonly kind: "stopped"; readonly reason: "timeout" | "crashed" }
  | { readonly kind: "survived" }
  /** No test comes there. */
  | { readonly kind: "uncovered" };

/** The tests that come by each mutant, the cheapest files first. */
export type Coverage = ReadonlyMap<number, readonly CoveredTest[]>;

export function coverageOf(tests: readonly CoveredTest[]): Coverage {
  const byMutant = new Map<number, CoveredTest[]>();
  for (const test of tests.toSorted((a, b) => a.ms - b.ms)) {
    for (const id of test.hits) {
      const known = byMutant.get(id);
      if (known === undefined) byMutant.set(id, [test]);
      else known.push(test);
    }
  }
  return byMutant;
}

/** A mutant may cost more time than the original; one that costs this much more does not return. */
const LIMIT_MS = 2_000;
const LIMIT_FACTOR = 2;

export async function verdictOf(
  mutant: Mutant,
  text: string,
  covering: readonly CoveredTest[],
  runner: Runner,
): Promise<Verdict> {
  if (covering.length === 0) return { kind: "uncovered" };
  const costMs = covering.reduce((sum, { ms }) => sum + ms, 0);
  const { file, change } = mutant;
  const outcome = await runner.run(
    { kind: "try", file, text: mutatedText(text, change), choices: choicesOf(covering) },
    LIMIT_MS + LIMIT_FACTOR * costMs,
  );
  if (outcome.kind !== "answered") return { kind: "stopped", reason: outcome.kind };
  if (outcome.answer.kind !== "tried") throw new Error("the worker answers another question");
  const { failed } = outcome.answer;
  return failed === null ? { kind: "survived" } : { kind: "killed", test: failed };
}

/** By file, since a file is loaded once for all its tests; those that cost least first. */
function choicesOf(covering: readonly CoveredTest[]): readonly TestChoice[] {
  const byFile = [...Map.groupBy(covering, ({ testFile }) => testFile)].map(([testFile, tests]) => ({
    testFile,
    tests: tests.map(({ nth }) => nth),
    costMs: tests.reduce((sum, { ms }) => sum + ms, 0),
  }));
  return byFile.sort((a, b) => a.costMs - b.costMs);
}
