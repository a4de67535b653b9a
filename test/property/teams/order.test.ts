import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { compile } from "../../../src/manifest/compile/compile.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { COMPILE_CONTEXT, parseText } from "../../support/manifests.ts";
import { ALONE, compiled, judging, KNOWN, subjectsOf, worldOf } from "./judged-teams.ts";
import { documentOfPayments, filesOfPayments } from "./two-teams.ts";

test(
  "no state and no verdict depends on the order of the files",
  () => {
    const shuffled = filesOfPayments.chain((files) => {
      const parsed = [...KNOWN, ...Object.entries(files).map(([path, text]) => parseText(path, text))];
      const shuffle = fc.shuffledSubarray(parsed, { minLength: parsed.length });
      return fc.tuple(fc.constant(parsed), shuffle);
    });
    fc.assert(
      fc.property(shuffled, ([files, others]) => {
        const [one, other] = [compile(files, COMPILE_CONTEXT), compile(others, COMPILE_CONTEXT)];
        expect(worldOf(other, "payments")).toBe(worldOf(one, "payments"));
        expect(worldOf(other, "orders")).toBe(ALONE);
        expect(other.diagnostics).toEqual(one.diagnostics);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

/** Without the places, which differ with the order. */
function verdictsOf(documents: readonly string[]): readonly string[] {
  const compilation = compiled({ "teams/payments/all.yaml": documents.join("---\n") });
  const judge = judging(compilation);
  const subjects = [...subjectsOf(compilation, "payments"), ...subjectsOf(compilation, "orders")];
  const verdicts = subjects.flatMap((subject) =>
    judge(subject).map(({ rule, severity, evidence }) => `${subject.key} ${rule} ${severity} ${evidence}`),
  );
  return [...subjects.map(({ key }) => key), ...compilation.invalid.keys(), ...new Set(verdicts)].sort();
}

test(
  "no verdict depends on the order of the documents in a file",
  () => {
    const documents = fc.uniqueArray(documentOfPayments, { minLength: 2, maxLength: 4 });
    const shuffled = documents.chain((texts) =>
      fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })),
    );
    fc.assert(
      fc.property(shuffled, ([texts, others]) => {
        expect(verdictsOf(others)).toEqual(verdictsOf(texts));
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
