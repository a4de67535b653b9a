import { expect, test } from "@jest/globals";
import { limitedLines, type UsedRoleComparison } from "../../../../src/model/answers/permission-state.ts";
import { facts, HOTFIX, state, describedTexts } from "../../../support/screens/described.ts";

const arn = "arn:aws:iam::222222222222:role/shared";

function linesOf(...comparisons: readonly UsedRoleComparison[]): readonly string[] {
  const found = describedTexts(facts({ states: [state("prod", { comparisons })] }));
  const from = found.findIndex((line) => line.startsWith("COMPARED"));
  return from < 0 ? [] : found.slice(from, found.indexOf("", from));
}

test.each<{ readonly comparison: UsedRoleComparison; readonly lines: readonly string[] }>([
  {
    comparison: { kind: "equal", arn },
    lines: [
      "COMPARED with the roles in use",
      "  same permissions as role/shared, which the function uses now (proved)",
    ],
  },
  {
    comparison: { kind: "equal", arn, limitedBy: "arn:aws:iam::222222222222:policy/edge" },
    lines: [
      "COMPARED with the roles in use",
      "  same permissions as role/shared, which the function uses now (proved)",
      "  boundary edge also limits what policies of other resources grant to the",
      "    role; these were not read",
    ],
  },
  {
    comparison: { kind: "unknown", arn, reason: "role shared was not read: throttled" },
    lines: [
      "COMPARED with the roles in use",
      "  not compared with role/shared: role shared was not read: throttled",
    ],
  },
  {
    comparison: { kind: "hidden", arn },
    lines: [
      "COMPARED with the roles in use",
      "  role/shared: not shown, its permissions may belong to another owner",
    ],
  },
  {
    comparison: {
      kind: "different",
      arn,
      add: limitedLines([{ ...HOTFIX, what: "sqs send" }]),
      remove: { lines: [HOTFIX], more: 3 },
      other: ["tag team decides on sqs:SendMessage queue/x"],
    },
    lines: [
      "COMPARED with the roles in use (+ only declared, - only in use)",
      "  differences to role/shared, which the function uses now:",
      '+   sqs send         queue/refunds-dlq          policy "hotfix"',
      '-   sqs:SendMessage  queue/refunds-dlq          policy "hotfix"',
      "    tag team decides on sqs:SendMessage queue/x",
      "    and 3 more lines, not shown",
    ],
  },
])("the comparison with a used role is shown by its result: $comparison.kind", ({ comparison, lines }) => {
  expect(linesOf(comparison)).toEqual(lines);
});

test("there is no section if the function runs on no other role", () => {
  expect(linesOf()).toEqual([]);
});

test("the permissions of another role have no sign, and its callers do", () => {
  const role = { kind: "other", arn, declaredArn: "arn:aws:iam::222222222222:role/declared" } as const;

  const found = describedTexts(facts({ states: [state("prod", { effective: { role } })] }));

  expect(found.filter((line) => /^EFFECTIVE|hotfix|nightly/.test(line))).toEqual([
    "EFFECTIVE in AWS, read 38s ago (+ not declared)",
    expect.stringMatching(/^ {2}sqs:SendMessage/),
    expect.stringMatching(/^\+ caller events/),
  ]);
});

test("the answer of a controller that does not compare roles is shown without a comparison", () => {
  const { comparisons: _, ...older } = state("prod");

  expect(describedTexts(facts({ states: [older as ReturnType<typeof state>] })).join("\n")).not.toContain(
    "COMPARED",
  );
});
