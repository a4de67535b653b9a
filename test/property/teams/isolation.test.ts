import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { compile, type Compilation } from "../../../src/manifest/compile/compile.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../../src/model/desired.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import { canonicalText } from "../../../src/model/values/digest.ts";
import type { Json } from "../../../src/model/values/json.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import { COMPILE_CONTEXT, parseText } from "../../support/manifests.ts";
import { contextOf, GUARDED_PLATFORM } from "../../unit/guard/judged.ts";
import { ARNS_OF_ORDERS, documentOfPayments, filesOfPayments, OF_ORDERS, TEAMS } from "./two-teams.ts";

type Subject = DesiredBinding | DesiredPolicy;

function subjectsOf({ desired }: Compilation, namespace: string): readonly Subject[] {
  const all = [...desired.bindings.values(), ...desired.policies.values()];
  return all.filter((subject) => subject.namespace === namespace);
}

/** The parts that no drawn file changes are parsed once. */
const KNOWN = Object.entries({ ...GUARDED_PLATFORM, ...TEAMS, ...OF_ORDERS }).map(([path, text]) =>
  parseText(path, text),
);

function compiled(files: Readonly<Record<string, string>>): Compilation {
  const drawn = Object.entries(files).map(([path, text]) => parseText(path, text));
  return compile([...KNOWN, ...drawn], COMPILE_CONTEXT);
}

function judging({ desired }: Compilation): (subject: Subject) => readonly Finding[] {
  const [account] = desired.accounts.values();
  const [binding] = desired.bindings.values();
  if (account === undefined || binding === undefined) throw new Error("team orders has a binding");
  const context = contextOf({ desired, account, binding });
  return (subject) => judgeDesired(subject, context);
}

/** All that the controller knows of a team: its state, its verdicts, its fence, and what is left out. */
function worldOf(compilation: Compilation, namespace: string): string {
  const { desired, invalid } = compilation;
  const judge = judging(compilation);
  const isOwn = (key: Key): boolean => keyParts(key).namespace === namespace;
  const own = {
    subjects: subjectsOf(compilation, namespace).map((subject) => [subject, judge(subject)]),
    invalid: [...invalid].filter(([key]) => isOwn(key)),
    fileKeys: Object.entries(compilation.fileKeys).filter(([, keys]) => keys.some(isOwn)),
    objects: compilation.objects.filter((object) => object.namespace === namespace),
    waivers: desired.waivers.filter(({ binding }) => isOwn(binding)),
    profiles: desired.profiles,
    teams: [...desired.teams],
    accounts: [...desired.accounts],
    tenancy: desired.tenancy,
  };
  return canonicalText(own as unknown as Json);
}

const ALONE = worldOf(compiled({}), "orders");

test("team orders is not refused, so that there is something to lose", () => {
  const alone = compiled({});
  const refused = subjectsOf(alone, "orders").flatMap(judging(alone));

  expect(subjectsOf(alone, "orders").map(({ name }) => name)).toEqual(["orders-api", "orders-jobs", "reads"]);
  expect([...alone.diagnostics, ...refused.filter(({ severity }) => severity === "block")]).toEqual([]);
});

test(
  "no byte of another team's functions, roles, callers, verdicts, limits or approvals changes by what a team writes",
  () => {
    fc.assert(
      fc.property(filesOfPayments, (files) => {
        expect(worldOf(compiled(files), "orders")).toBe(ALONE);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

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

/** As IAM compares the text of a Resource; a variable may have any value. */
function reaches(text: string, arn: string): boolean {
  const parts = text.split(/(\$\{[^}]*\}|[*?])/).map((part, at) => {
    if (at % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return part === "?" ? "." : ".*";
  });
  return new RegExp(`^${parts.join("")}$`).test(arn);
}

function reachedBy(subject: Subject): readonly string[] {
  const document = isBinding(subject) ? subject.role.inline : subject.document;
  const allowed = document.statements.filter(({ statement }) => statement.Effect === "Allow");
  return allowed.flatMap(({ statement }) => {
    if (statement.Resource === undefined) return ARNS_OF_ORDERS;
    const texts = [statement.Resource].flat().filter((text) => text !== "*");
    return ARNS_OF_ORDERS.filter((arn) => texts.some((text) => reaches(text, arn)));
  });
}

test(
  "what a team may write names no function, role or resource of the other team",
  () => {
    const rolesOfOrders = new Set(["orders-api-eu-west-1", "orders-worker"]);
    fc.assert(
      fc.property(filesOfPayments, (files) => {
        const compilation = compiled(files);
        const judge = judging(compilation);
        const allowed = subjectsOf(compilation, "payments").filter(
          (subject) => !judge(subject).some(({ severity }) => severity === "block"),
        );
        expect(allowed.flatMap(reachedBy)).toEqual([]);
        const bindings = allowed.filter(isBinding);
        expect(bindings.filter(({ functionName }) => !functionName.startsWith("payments-"))).toEqual([]);
        expect(bindings.filter(({ role }) => rolesOfOrders.has(role.name.toLowerCase()))).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
