import { expect, test } from "@jest/globals";
import { compiledText } from "../../../../src/diff/documents/compiled-texts.ts";
import { onlyDocument, permissionDelta, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { readDelta, recordedDelta } from "../../../../src/iam/row-text.ts";
import { OWN_INLINE } from "../../../../src/model/delta.ts";
import { deltaLines } from "../../../../src/plan/render/delta-rows.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

const HOME = { partition: "aws", accountId: "222222222222", region: "eu-west-1" };

function permissionsOf(grants: string): RolePermissions {
  const spec = `  logs: false\n  grants: [${grants}]\n`;
  const compilation = compileTexts({ "teams/orders/a.yaml": functionText("a", spec) });
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  const { inline } = binding.role;
  const origin = (sid: string | null) =>
    inline.statements.find(({ statement }) => statement.Sid === sid)?.origin ?? null;
  const text = compiledText(inline);
  return onlyDocument({ from: OWN_INLINE, text, origin }, { dialect: "identity", ...HOME });
}

/** As every screen shows the change, also when it comes from the record. */
function changesOf(before: string, after: string): readonly string[] {
  const delta = permissionDelta(permissionsOf(before), permissionsOf(after));
  const lines = deltaLines(delta, HOME as never, "").map((line) => lineText(line).replaceAll(/ {2,}/g, " "));
  expect(deltaLines(readDelta(recordedDelta(delta)), HOME as never, "")).toHaveLength(lines.length);
  return lines;
}

const sqs = (allow: string): string => `{sqs: {queue: q, allow: [${allow}]}}`;
const table = (allow: string): string => `{dynamodb: {table: orders, allow: [${allow}]}}`;

test.each([
  {
    because: "a verb of which an action stays is not shown as revoked",
    before: sqs("send"),
    after: sqs("SendMessage"),
    lines: ["- 2 actions queue/q was line 7", " sqs:GetQueueAttributes, sqs:GetQueueUrl"],
  },
  {
    because: "nor as granted, if one of its actions was",
    before: sqs("SendMessage"),
    after: sqs("send"),
    lines: ["+ 2 actions queue/q line 7", " sqs:GetQueueAttributes, sqs:GetQueueUrl"],
  },
  {
    because: "also if the rest is another statement of the verb",
    before: table("read"),
    after: table("Query"),
    lines: [
      "- 4 actions table/orders was line 7",
      " dynamodb:BatchGetItem, dynamodb:ConditionCheckItem,",
      " dynamodb:DescribeTable, dynamodb:GetItem",
    ],
  },
  {
    because: "actions that are new are named",
    before: table("read"),
    after: table("read, PutItem"),
    lines: ["+ dynamodb:PutItem table/orders line 7"],
  },
  {
    because: "a verb that is removed keeps its name, although another verb has some of its actions",
    before: sqs("send, consume"),
    after: sqs("consume"),
    lines: ["- sqs send queue/q was line 7"],
  },
  {
    because: "a verb keeps its name if the actions are of another resource",
    before: sqs("send"),
    after: "{sqs: {queue: other, allow: [SendMessage]}}",
    lines: ["+ sqs:SendMessage queue/other line 7", "- sqs send queue/q was line 7"],
  },
])("$because", ({ before, after, lines }) => {
  expect(changesOf(before, after)).toEqual(lines);
});
