import { describe, expect, test } from "@jest/globals";
import { RULE_CORRECTIONS } from "../../../../src/guard/pages/corrections.ts";
import { correctedFindings } from "../../../../src/workbench/corrections/corrected-findings.ts";
import { accountText, functionText } from "../../../support/manifests.ts";
import {
  boundaryText,
  CASES,
  FILE,
  inBoth,
  inSpec,
  PLATFORM,
  statement,
  TABLE,
  type Texts,
} from "./corrected-cases.ts";
import { judged } from "./judged.ts";

/** `RES-005 why` of each finding and mistake. */
function problemsIn(texts: Texts): readonly string[] {
  const { project, findings } = judged(texts);
  return [
    ...project.compilation.diagnostics.map(({ code, message }) => `${code} ${message}`),
    ...[...findings.values()].flat().map(({ rule, why, key }) => `${rule} ${key} ${why}`),
  ];
}

function corrections(texts: Texts) {
  return correctedFindings(judged(texts), { fileOf: (path) => path, isWanted: () => true });
}

function accepted(
  texts: Texts,
  { file, line, endLine, after }: ReturnType<typeof corrections>[number],
): Texts {
  const lines = (texts[file] ?? "").split("\n");
  lines.splice(line - 1, endLine - line + 1, ...(after === null ? [] : after.split("\n")));
  return { ...texts, [file]: lines.join("\n") };
}

describe("the corrected lines of a finding", () => {
  test.each(CASES)(
    "$rule: end it and nothing else changes, if $because",
    ({ rule, texts: all, before, after }) => {
      const found = corrections(all).filter(({ corrects }) => corrects.some(({ code }) => code === rule));

      const problems = problemsIn(all);
      expect(found.map((one) => ({ before: one.before, after: one.after }))).toEqual([{ before, after }]);
      const left = found.flatMap((one) => problemsIn(accepted(all, one)));
      expect(problems.some((text) => text.startsWith(rule))).toBe(true);
      expect(left.filter((text) => !problems.includes(text))).toEqual([]);
      expect(left.length).toBeLessThan(problems.length);
    },
  );

  test.each([
    {
      because: "the grant takes effect in another account",
      texts: inBoth({
        ...inSpec("BND-002", "", "  grants:\n    - sqs: { queue: events, allow: [send] }\n").texts,
        "platform/staging.yaml": accountText("staging", "333333333333").replace("platform-default", "wide"),
        "platform/wide.yaml": boundaryText("wide", '"sqs:*", "logs:*"'),
      }),
    },
    {
      because: "the default boundary allows more",
      texts: {
        ...CASES.find(({ rule }) => rule === "BND-001")?.texts,
        "platform/wide.yaml": boundaryText(
          "data-wide",
          '"logs:Create*", "logs:PutLogEvents", "dynamodb:PutItem"',
        ),
        [FILE]: functionText(
          "orders-api",
          "  role: { boundary: data-wide }\n  grants: [{ dynamodb: { table: orders, allow: [write] } }]\n",
        ),
      },
    },
    {
      because: "the policy that the account lists under the same name allows more",
      texts: inSpec(
        "ATT-001",
        "",
        '  managedPolicies: ["arn:aws:iam::aws:policy/AWSLambdaVPCAccessExecutionRole"]\n',
      ).texts,
    },
    {
      because: "a waiver lifts the rule",
      texts: {
        ...CASES.find(({ rule }) => rule === "RES-005")?.texts,
        "platform/waiver.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: { name: all-accounts }
spec:
  rule: RES-005
  binding: "orders/orders-api@prod/eu-west-1"
  owner: dana
  until: "2026-12-20T00:00:00Z"
  reason: test
`,
      },
    },
    {
      because: "the lines are those of a template",
      texts: {
        ...PLATFORM,
        "platform/template.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: GrantTemplate
metadata: { name: sender }
spec:
  version: 1
  grants:
    - sqs: { queue: events, allow: [send] }
`,
        [FILE]: functionText("orders-api", "  templates: [{ template: sender@1 }]\n"),
      },
    },
    {
      because: "the remaining text would have a form that is not edited",
      texts: inSpec(
        "BND-002",
        "",
        "  grants: [{ dynamodb: { table: orders, allow: [scan] } }, &a { dynamodb: { table: b, allow: [write] } }]\n",
      ).texts,
    },
  ])("are not offered if $because", ({ texts }) => {
    expect(problemsIn(texts)).not.toEqual([]);
    expect(corrections(texts)).toEqual([]);
  });

  test("are made together where several findings have any, and each can be accepted alone", () => {
    const texts = inSpec(
      "BND-002",
      "",
      `  grants:
    - dynamodb: { table: orders, allow: [delete, scan] }
    - sqs: { queue: events, allow: [send] }
${statement(`{ Effect: Allow, Action: "dynamodb:Get*Item", Resource: "${TABLE}" }`)}`,
    ).texts;
    const all = corrections(texts);

    expect(all.map(({ line, after }) => `${line} ${after ?? "removed"}`)).toEqual([
      "7     - dynamodb: { table: orders, allow: [delete] }",
      "8 removed",
      `11       statement: { Effect: Allow, Action: "dynamodb:GetItem", Resource: "${TABLE}" }`,
    ]);
    const before = problemsIn(texts);
    expect(all.map((one) => before.length - problemsIn(accepted(texts, one)).length)).toEqual([1, 1, 1]);
  });

  test("are for the findings that are wanted alone", () => {
    const { texts } = inSpec(
      "BND-002",
      "",
      "  grants:\n    - dynamodb: { table: orders, allow: [delete] }\n    - sqs: { queue: events, allow: [send] }\n",
    );

    expect(correctedFindings(judged(texts), { fileOf: (path) => path, isWanted: () => false })).toEqual([]);
  });

  test("name the lines of a file with the line ends of Windows", () => {
    const { texts } = inSpec(
      "BND-002",
      "",
      "  grants:\n    - dynamodb: { table: orders, allow: [delete] }\n    - sqs: { queue: events, allow: [send] }\n",
    );
    const windows = { ...texts, [FILE]: (texts[FILE] ?? "").replaceAll("\n", "\r\n") };

    expect(corrections(windows).map(({ line, before, after }) => ({ line, before, after }))).toEqual([
      { line: 8, before: "    - sqs: { queue: events, allow: [send] }", after: null },
    ]);
  });

  test("are tried here for every rule that has any", () => {
    const named = Object.entries(RULE_CORRECTIONS).filter(([, { kind }]) => kind === "lines");

    expect([...new Set(CASES.map(({ rule }) => rule))].toSorted()).toEqual(named.map(([rule]) => rule));
  });
});

/** A role whose policy has this number of characters, of the 10,240 that IAM takes, and a resource of any account. */
function nearQuota(characters: number): Texts {
  const open = "arn:aws:dynamodb:eu-west-1:*:table/orders";
  const lengths = [...Array.from({ length: 40 }, (_, at) => 70 + at), characters - 6284];
  const names = [open, ...lengths.map((length) => `${TABLE}${"x".repeat(length)}`)];
  const text = `{ Effect: Allow, Action: "dynamodb:GetItem", Resource: ${JSON.stringify(names)} }`;
  return inSpec("RES-005", "", statement(text)).texts;
}

test.each([
  { characters: 10_229, lines: 1, because: "it was near its quota before, and is within it" },
  { characters: 10_230, lines: 0, because: "the corrected policy exceeds its quota" },
])(
  "a policy of $characters characters has corrected lines $lines times: $because",
  ({ characters, lines }) => {
    const texts = nearQuota(characters);

    expect(problemsIn(texts).join("\n")).toContain(`the inline policy has ${characters} characters of 10240`);
    expect(corrections(texts)).toHaveLength(lines);
  },
);
