import { describe, expect, test } from "@jest/globals";
import { templateText } from "../../support/templates.ts";
import { judged, stating, verdicts, world } from "./judged.ts";

const TEMPLATE = "platform/t.yaml";
const USE = "  templates: [{template: t, version: 1}]\n";

function withTemplate(spec: string) {
  return world(USE, { [TEMPLATE]: templateText("t", 1, spec) });
}

describe("a statement from a template", () => {
  test.each([
    { Effect: "Allow", Action: "iam:CreateAccessKey", Resource: "*" },
    { Effect: "Allow", Action: "*", Resource: "*" },
    { Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" },
    { Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::222222222222:role/admin" },
  ] as const)("breaks the same rules as one that the team wrote: $Action on $Resource", (statement) => {
    const own = judged(stating(statement));
    const found = judged(
      withTemplate(`  statements: [{reason: r, statement: ${JSON.stringify(statement)}}]\n`),
    );

    expect(verdicts(found)).toEqual(verdicts(own));
    expect(verdicts(found)).not.toEqual([]);
  });

  test("has findings at the place of the use, which name the line of the template", () => {
    const found = judged(
      withTemplate(
        '  statements: [{reason: r, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}}]\n',
      ),
    );

    expect(found).not.toEqual([]);
    for (const { origin, why } of found) {
      expect(origin).toMatchObject({ line: 6, path: "spec.templates[0].template" });
      expect(why).toMatch(/ \(template t@1, platform\/t\.yaml:6:28\)$/);
    }
  });

  test("is named by the template in every listed rule over the entire role", () => {
    const found = judged(
      withTemplate(
        '  statements: [{reason: r, statement: {Effect: Allow, Action: "iam:CreateAccessKey", Resource: "*"}}]\n',
      ),
    );

    expect(
      found.filter(({ origin }) => origin !== null).every(({ why }) => why.includes("template t@1")),
    ).toBe(true);
  });
});
