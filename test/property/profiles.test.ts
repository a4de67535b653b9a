import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeByStandardsSteps, judgeDesired } from "../../src/guard/judge-desired.ts";
import { RULES as TABLE } from "../../src/guard/table.ts";
import { complete } from "../../src/model/values/steps.ts";
import type { Authors } from "../../src/model/authors.ts";
import { GUARD_RULES, UNWAIVABLE_RULES } from "../../src/model/rules/guard-rules.ts";
import { FC_RUNS } from "../support/fc-runs.ts";
import { functionText } from "../support/manifests.ts";
import { profileText } from "../support/profiles.ts";
import { contextOf, waiverText, world } from "../unit/guard/judged.ts";

/** Breaks ACT-002, RES-001 and ESC-PutRolePolicy, and OWN-001 and EXP-100 where a profile asks for more. */
const FUNCTION = functionText(
  "orders-api",
  `  statements:
    - {reason: t, statement: {Effect: Allow, Action: "dynamodb:Get*", Resource: "*"}}
    - {reason: t, until: "2027-06-01T00:00:00Z", statement: {Effect: Allow, Action: "iam:PutRolePolicy", Resource: "*"}}
`,
).replace("}\n", ', labels: {tier: "1"}}\n');

/** So that profiles for assistants apply as well. */
const CLAUDE: Authors = {
  people: [],
  assistants: [{ assistant: "Claude", commit: "1a2b3c4d" }],
  unknown: null,
};

/** Without ACT-001, which the drawn profiles make unwaivable: in one profile that contradicts `off`. */
const RULES = [
  "ACT-002",
  "RES-001",
  "ESC-*",
  "ESC-PutRolePolicy",
  "OWN-001",
  "EXP-100",
  ...GUARD_RULES,
].filter((rule) => !UNWAIVABLE_RULES.has(rule) && rule !== "ACT-001");

const selector = fc.constantFrom(
  "{}",
  "{namespaces: [orders]}",
  "{namespaces: [search]}",
  "{accounts: [prod]}",
  '{labels: {tier: "1"}}',
  '{labels: {tier: "2"}}',
);

const profile = fc
  .record({
    selector,
    base: fc.constantFrom("agents", "baseline", "strict"),
    rules: fc.dictionary(fc.constantFrom(...RULES), fc.constantFrom("block", "warn", "off"), { maxKeys: 3 }),
    more: fc.constantFrom("", ", unwaivable: [ACT-001]", ", maxUntil: 30d", ", requiredAnnotations: [owner]"),
  })
  .map(({ selector, base, rules, more }) => {
    const entries = Object.entries(rules).map(([rule, severity]) => `${rule}: ${severity}`);
    return `{selector: ${selector}, base: ${base}, rules: {${entries.join(", ")}}${more}}`;
  });

test("judging by two standards together finds what judging by each of them finds", () => {
  fc.assert(
    fc.property(
      fc.array(profile, { maxLength: 2 }),
      fc.array(profile, { maxLength: 2 }),
      fc.boolean(),
      (now, then, isWaived) => {
        const waived = isWaived
          ? { "platform/waiver.yaml": waiverText("w", "RES-001", "2027-01-01T00:00:00Z") }
          : {};
        const of = (specs: readonly string[]) => {
          const files = specs.map(
            (spec, at) => [`platform/p${at}.yaml`, profileText(`p${at}`, spec)] as const,
          );
          const subject = world("", {
            "teams/orders/orders-api.yaml": FUNCTION,
            ...waived,
            ...Object.fromEntries(files),
          });
          return { subject, profiles: subject.desired.profiles };
        };
        const { subject } = of(now);
        const authors = new Map([[subject.binding.key, CLAUDE]]);
        const present = contextOf(subject, { authors });
        const desired = { ...subject.desired, profiles: of(then).profiles };
        const former = { ...present, desired, defaults: { "ACT-002": "block" } as const };

        expect(complete(judgeByStandardsSteps(subject.binding, present, former))).toEqual({
          findings: judgeDesired(subject.binding, present),
          formerFindings: judgeDesired(subject.binding, former),
        });
      },
    ),
    { numRuns: Math.min(FC_RUNS, 60) },
  );
});

test.each(TABLE.filter(({ readsProfiles }) => !readsProfiles))(
  "$id finds the same in a function under every profile: it reads none",
  ({ judgeBinding }) => {
    const subject = world("", { "teams/orders/orders-api.yaml": FUNCTION });
    const context = contextOf(subject);
    const unread = (): never => {
      throw new Error("read by a rule without readsProfiles");
    };
    const desired = Object.defineProperty({ ...subject.desired }, "profiles", { get: unread });
    const trap = Object.defineProperty({ ...context, desired }, "authors", { get: unread });

    expect(() => judgeBinding?.(subject.binding, trap)).not.toThrow();
  },
);

/** What every rule decides, without the places, which differ with the files. */
function verdictsOf(documents: readonly string[], inOneFile: boolean): readonly string[] {
  const files = inOneFile
    ? { "platform/all.yaml": documents.join("---\n") }
    : Object.fromEntries(documents.map((text, at) => [`platform/d${at}.yaml`, text]));
  const found = world("", { "teams/orders/orders-api.yaml": FUNCTION, ...files });
  const authors = new Map([[found.binding.key, CLAUDE]]);
  return judgeDesired(found.binding, contextOf(found, { authors })).map(
    ({ rule, severity, waiver, evidence }) => `${rule} ${severity} ${waiver.kind} ${evidence}`,
  );
}

test("no verdict depends on the order of documents, or on the files that they are in", () => {
  const shuffled = fc.array(profile, { minLength: 1, maxLength: 4 }).chain((specs) => {
    const documents = [
      ...specs.map((spec, at) => profileText(`p${at}`, spec)),
      waiverText("w", "RES-001", "2027-01-01T00:00:00Z"),
    ];
    return fc.tuple(
      fc.constant(documents),
      fc.shuffledSubarray(documents, { minLength: documents.length }),
      fc.boolean(),
    );
  });

  fc.assert(
    fc.property(shuffled, ([documents, other, inOneFile]) => {
      expect(verdictsOf(other, inOneFile)).toEqual(verdictsOf(documents, false));
    }),
    { numRuns: FC_RUNS },
  );
});

test("where a profile names every rule, a further one never makes a verdict laxer", () => {
  const everyRule = fc
    .array(fc.constantFrom("block", "warn", "off"), { minLength: RULES.length, maxLength: RULES.length })
    .map((severities) => RULES.map((rule, at) => [rule, severities[at] ?? "block"] as const))
    .map((rules) => new Map(rules))
    .map((rules) => `{rules: {${[...rules].map(([rule, severity]) => `${rule}: ${severity}`).join(", ")}}}`);

  fc.assert(
    fc.property(everyRule, profile, (every, further) => {
      const blocking = (...specs: readonly string[]) =>
        verdictsOf(
          specs.map((spec, at) => profileText(`p${at}`, spec)),
          false,
        ).filter((text) => text.includes(" block "));

      expect(blocking(every, further)).toEqual(expect.arrayContaining([...blocking(every)]));
    }),
    { numRuns: FC_RUNS },
  );
});
