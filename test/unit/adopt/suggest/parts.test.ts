import { describe, expect, test } from "@jest/globals";
import { declaredPermissions } from "../../../../src/adopt/suggest/declared.ts";
import { editedFile } from "../../../../src/adopt/suggest/edited-file.ts";
import { narrowingOf } from "../../../../src/adopt/suggest/smaller.ts";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import type { FunctionPermission } from "../../../../src/manifest/parse/parsed.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import {
  accountText,
  COMPILE_CONTEXT,
  functionText,
  parseText,
  PLATFORM_FILES,
} from "../../../support/manifests.ts";

function compiled(spec: string): { readonly document: FunctionPermission; readonly binding: DesiredBinding } {
  const file = parseText("teams/orders/api.yaml", functionText("api", spec));
  const platform = { ...PLATFORM_FILES, "platform/accounts.yaml": accountText("prod", "222222222222") };
  const files = [...Object.entries(platform).map(([path, text]) => parseText(path, text)), file];
  const [binding] = [...compile(files, COMPILE_CONTEXT).desired.bindings.values()];
  const [document] = file.documents;
  if (document?.kind !== "FunctionPermission" || binding === undefined) throw new Error("not valid");
  return { document, binding };
}

describe("the permissions that evidence can be about", () => {
  test("are verbs of grants and actions of statements, with the regions of their resources", () => {
    const { document, binding } = compiled(`  grants:
    - dynamodb: {table: "\${account.vars.ordersTable}", allow: [write]}
    - sqs: {queue: a, allow: [send], kmsKey: "1234abcd-12ab-34cd-56ef-1234567890ab"}
    - metrics: {namespace: Orders}
    - dlq: {queue: failed}
  statements:
    - {reason: a, statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*"}}
    - {reason: b, statement: {Effect: Allow, NotAction: "iam:*", Resource: "*"}}
    - {reason: c, statement: {Effect: Deny, Action: "s3:*", Resource: "*"}}
    - {reason: d, statement: {Effect: Allow, Action: ["sqs:Purge*"], NotResource: "*"}}
`);

    const found = declaredPermissions(document).map(({ label, member, actionsOf }) => ({
      label,
      member: member?.join("."),
      actions: actionsOf(binding).map(({ action, regions }) => `${action} ${regions?.join() ?? "-"}`),
    }));

    expect(found).toMatchObject([
      {
        label: "dynamodb write",
        member: "spec.grants.0.dynamodb.allow.0",
        actions: expect.arrayContaining(["dynamodb:PutItem eu-west-1", "dynamodb:UpdateItem eu-west-1"]),
      },
      {
        label: "sqs send",
        actions: expect.arrayContaining(["sqs:SendMessage eu-west-1", "kms:GenerateDataKey eu-west-1"]),
      },
      { label: "metrics", member: undefined, actions: ["cloudwatch:PutMetricData -"] },
      { label: "s3:GetObject", member: undefined, actions: ["s3:GetObject -"] },
      { label: "sqs:Purge*", member: "spec.statements.3.statement.Action.0", actions: ["sqs:Purge* -"] },
    ]);
  });

  test("are exact actions, each alone", () => {
    const { document, binding } = compiled(`  grants:
    - dynamodb: {table: orders, allow: [GetItem, Query, DescribeTable], kmsKey: alias/orders}
    - sqs: {queue: a, allow: [send, ReceiveMessage]}
`);

    const found = declaredPermissions(document).map(({ label, actionsOf }) => {
      const names = actionsOf(binding).map(({ action }) => action);
      return `${label}: ${names.sort().join(" ")}`;
    });

    expect(found).toEqual([
      "dynamodb GetItem: dynamodb:GetItem",
      "dynamodb Query: dynamodb:Query",
      "dynamodb DescribeTable: dynamodb:DescribeTable",
      "sqs send: sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage",
      "sqs ReceiveMessage: sqs:ReceiveMessage",
    ]);
  });

  test("are none of a manifest without grants and statements", () => {
    expect(declaredPermissions(compiled("").document)).toEqual([]);
  });
});

describe("a smaller manifest is refused", () => {
  const both = "  grants:\n    - sqs: {queue: a, allow: [send, consume]}\n";
  const { binding } = compiled(both);
  const send = compiled("  grants:\n    - sqs: {queue: a, allow: [send]}\n").binding;
  const dropped = new Set(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]);
  const shared = new Set([...dropped, "sqs:GetQueueUrl", "sqs:GetQueueAttributes"]);

  test("never, if it drops only what evidence is about", () => {
    expect(narrowingOf(binding, send, shared)).toMatchObject({ kind: "narrower" });
  });

  test.each([
    { because: "it is not valid", after: undefined, reason: /not valid/ },
    {
      because: "more would change",
      after: compiled(`${both}  role: {description: b}\n`).binding,
      reason: /more than its permissions/,
    },
    {
      because: "it is wider",
      after: compiled("  grants:\n    - sqs: {queue: b, allow: [send]}\n").binding,
      reason: /not proved to be within the present one/,
    },
    {
      because: "it drops something else",
      after: compiled("").binding,
      reason: /it would drop sqs:SendMessage as well/,
    },
  ])("if $because", ({ after, reason }) => {
    expect(narrowingOf(binding, after, shared)).toMatchObject({
      kind: "refused",
      because: expect.stringMatching(reason),
    });
  });
});

describe("a file without values of its documents", () => {
  const text = "# head\na: [x, y]\n---\n# second\nb:\n  - x\n  - y\n";

  test("keeps the other documents and all comments", () => {
    const edits = [
      { line: 2, paths: [["a", 0]] },
      { line: 5, paths: [["b", 1]] },
    ];

    expect(editedFile(text, edits)).toBe("# head\na: [y]\n---\n# second\nb:\n  - x\n");
    expect(editedFile(text, edits.toReversed())).toBe("# head\na: [y]\n---\n# second\nb:\n  - x\n");
  });

  test.each([
    { because: "the line is before the first document", edits: [{ line: 0, paths: [["a", 0]] }] },
    { because: "there is no such value", edits: [{ line: 2, paths: [["z"]] }] },
    {
      because: "one of the edits is not possible",
      edits: [
        { line: 2, paths: [["a", 0]] },
        { line: 5, paths: [["z"]] },
      ],
    },
  ])("is none if $because", ({ edits }) => {
    expect(editedFile(text, edits)).toBeNull();
  });
});
