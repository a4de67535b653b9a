import { expect, test } from "@jest/globals";
import { declaredState } from "../../../src/explain/state/declared.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { COMPILE_CONTEXT, compileTexts, functionText } from "../../support/manifests.ts";
import { templateText } from "../../support/templates.ts";

const FILE = "teams/orders/a.yaml";
const KEY = "function/222222222222/eu-west-1/orders/a" as Key;

test("describe shows each grant of a template by itself, with the place of the use and the template's name", () => {
  const spec = `  grants:
    - dynamodb: {table: orders, allow: [read]}
    - dynamodb: {table: carts, allow: [write]}
  statements:
    - reason: r
      statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:222222222222:jobs"}
`;
  const compilation = compileTexts({
    [FILE]: functionText("a", "  logs: false\n  templates: [{template: t, version: 1}]\n"),
    "platform/t.yaml": templateText("t", 1, spec),
  });

  const state = declaredState(KEY, {
    revision: COMPILE_CONTEXT.revision,
    compilation,
    brokenFileKeys: new Map(),
  });

  const place = { kind: "line", file: FILE, line: 7 };
  expect(state).toMatchObject({
    permissions: {
      lines: expect.arrayContaining([
        expect.objectContaining({ what: "dynamodb read", details: ["from template t@1"], place }),
        expect.objectContaining({ what: "dynamodb write", details: ["from template t@1"], place }),
        expect.objectContaining({
          what: "sqs:SendMessage",
          details: ["from template t@1", "reason: r"],
          place,
        }),
      ]),
    },
  });
});
