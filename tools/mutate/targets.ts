/** The mutated files by subject, below src: code whose results people rely on without seeing it. */
const SUBJECTS = {
  "normal form":
    "iam/read/{parse,decode,statement,conditions,principal,print} iam/operators iam/lower-case iam/compare/{meaning,equivalence,sid} text/{order,json-values,phrases}",
  containment:
    "iam/match/{glob,wildcard,selector,implication,test-form,value-sets} iam/compare/{containment,delta} iam/compare/rows/*",
  evaluation: "iam/evaluate/* iam/match/{template,values,arn-pattern}",
} as const;

/** Patterns of paths. */
export const TARGETS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(SUBJECTS).map(([subject, names]) => [
    subject,
    names.split(" ").map((name) => `src/${name}.ts`),
  ]),
);

/** The tests that are to notice; not those that try enormous documents, which take seconds each. */
export const TESTS: readonly string[] = [
  "test/unit/iam/**/!(hostile-policies).test.ts",
  "test/unit/text/{order,json-values,phrases}.test.ts",
  "test/property/iam/!(comparison-budget|containment|denial|fuzz|implication|policy-check|role-containment).test.ts",
];

/** Tests of what the laws draw: they take long, and a mutant of a source is none of their business. Parts of names. */
export const NOT_ASKED: readonly string[] = [
  "is another text often enough",
  "changes an answer often enough to be tested",
  "is found for many of these pairs",
  "can answer most questions, and answers both ways",
];
