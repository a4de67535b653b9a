import { expect, test } from "@jest/globals";
import { declaredState } from "../../../src/explain/state/declared.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { COMPILE_CONTEXT, compileTexts, functionText } from "../../support/manifests.ts";

const KEY = "function/222222222222/eu-west-1/orders/a" as Key;

/** The details of each declared line, by what the line allows. */
function detailsOf(spec: string): readonly (readonly [string, readonly string[]])[] {
  const compilation = compileTexts({ "teams/orders/a.yaml": functionText("a", `  logs: false\n${spec}`) });
  const state = declaredState(KEY, {
    revision: COMPILE_CONTEXT.revision,
    compilation,
    brokenFileKeys: new Map(),
  });
  if (state.kind !== "declared") throw new Error(state.kind);
  return state.permissions.lines.map(({ what, details }) => [what, details]);
}

test.each([
  {
    spec: "  grants: [{sqs: {queue: q, allow: [send]}, reason: ORD-1}]\n",
    lines: [["sqs send", ["reason: ORD-1"]]],
    because: "a grant can have a reason",
  },
  {
    spec: '  grants: [{sqs: {queue: q, allow: [send]}, until: "2027-01-01T00:00:00Z", reason: ORD-1}]\n',
    lines: [["sqs send", ["until 2027-01-01 00:00Z", "reason: ORD-1"]]],
    because: "the end is a part of the permission, and comes first",
  },
  {
    spec: '  statements: [{reason: "ORD-2: none yet", statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:222222222222:q"}}]\n',
    lines: [["sqs:SendMessage", ["reason: ORD-2: none yet"]]],
    because: "a statement must have one",
  },
  {
    spec: "  invokedBy: [{sns: {topic: t}, reason: ORD-3}, {sns: {topic: u}, qualifier: live, reason: ORD-4}]\n",
    lines: [
      ["caller sns", ["reason: ORD-3"]],
      ["caller sns", ["reason: ORD-4"]],
    ],
    because: "a caller can have one, also one of an alias",
  },
  {
    spec: '  invokedBy: [{reason: ORD-5, statement: {Effect: Allow, Principal: {AWS: "222222222222"}, Action: "lambda:InvokeFunction"}}]\n',
    lines: [[expect.any(String), expect.arrayContaining(["reason: ORD-5"])]],
    because: "the statement of a caller must have one",
  },
  {
    spec: "  grants: [{sqs: {queue: q, allow: [send]}}]\n  invokedBy: [{sns: {topic: t}}]\n",
    lines: [
      ["sqs send", []],
      ["caller sns", []],
    ],
    because: "without a reason nothing is shown",
  },
])("describe shows the reason: $because", ({ spec, lines }) => {
  expect(detailsOf(spec)).toEqual(lines);
});
