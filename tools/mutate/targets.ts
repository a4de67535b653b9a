/** What is mutated, by subject: what people rely on without seeing it. Names below src/iam, without extension. */
const SUBJECTS = {
  "normal form": "parse decode statement conditions principal operators text meaning equivalence print sid",
  containment:
    "glob wildcard selector implication test-form value-sets containment gain unit unit-relations unit-index widest effort delta",
  evaluation: "evaluate evaluation/*",
} as const;

/** Patterns of paths. */
export const TARGETS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(SUBJECTS).map(([subject, names]) => [
    subject,
    names.split(" ").map((name) => `src/iam/${name}.ts`),
  ]),
);

/** The tests that are to notice; not those that try enormous documents, which take seconds each. */
export const TESTS: readonly string[] = [
  "test/unit/iam/**/!(hostile-policies).test.ts",
  "test/property/{iam,iam-!(fuzz),evaluate}.test.ts",
];

/** Tests of what the laws draw: they take long, and a mutant of a source is none of their business. Parts of names. */
export const NOT_ASKED: readonly string[] = [
  "is another text often enough",
  "changes an answer often enough to be tested",
  "is found in many of these pairs",
  "is asked what it can answer, and answers both ways",
];
