import { describe, expect, test } from "@jest/globals";
import { documentDiff, type DocumentChange } from "../../../../src/iam/compare/document-diff.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

function contextOf(dialect: Dialect): DocumentContext {
  return { dialect, partition: "aws", accountId: "111122223333" };
}

const IDENTITY = contextOf("identity");

function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const allow = (fields: object = {}): object => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::b/*",
  ...fields,
});

/** `statement Read: -Action s3:GetObject +Action s3:PutObject`. */
function lineOf(change: DocumentChange): string {
  const name = "statement" in change ? `${change.kind} ${change.statement}` : change.kind;
  const changes = change.changes.map(
    ({ kind, element, value }) => `${kind === "added" ? "+" : "-"}${element} ${value}`,
  );
  return [`${name}:`, ...changes].join(" ");
}

function lines(before: string, after: string, context: DocumentContext = IDENTITY): readonly string[] {
  return documentDiff(before, after, context).map(lineOf);
}

describe("the difference between two documents", () => {
  test.each([
    {
      because: "one changed action is one line, although the statement has no Sid and has moved",
      a: [allow({ Action: ["s3:GetObject", "s3:ListBucket"] }), allow({ Action: "sqs:*", Resource: "*" })],
      b: [allow({ Action: "sqs:*", Resource: "*" }), allow({ Action: ["s3:GetObject", "s3:PutObject"] })],
      changes: ["statement-changed statement 2: -Action s3:ListBucket +Action s3:PutObject"],
    },
    {
      because: "the Sid identifies the statement, however little the two share",
      a: [allow({ Sid: "A" }), allow({ Sid: "B", Action: "sqs:*" })],
      b: [allow({ Sid: "A", Action: "sns:*", Resource: "*" }), allow({ Sid: "B", Action: "sqs:*" })],
      changes: [
        "statement-changed statement A: -Action s3:GetObject +Action sns:* -Resource arn:aws:s3:::b/* +Resource *",
      ],
    },
    {
      because: "a new Sid is a line of the most similar statement",
      a: [allow({ Sid: "A" })],
      b: [allow({ Sid: "B" })],
      changes: ["statement-changed statement B: -Sid A +Sid B"],
    },
    {
      because: "statements that share less than half are one removed and one added statement",
      a: [allow({ Sid: "A", Action: ["s3:GetObject", "s3:PutObject"] })],
      b: [allow({ Action: ["sqs:SendMessage", "sqs:DeleteMessage"], Resource: "*" })],
      changes: [
        "statement-removed statement A: -Effect Allow -Action s3:GetObject -Action s3:PutObject -Resource arn:aws:s3:::b/*",
        "statement-added statement 1: +Effect Allow +Action sqs:DeleteMessage +Action sqs:SendMessage +Resource *",
      ],
    },
    {
      because: "the most similar of several statements is compared",
      a: [allow({ Action: ["s3:GetObject", "s3:PutObject"] })],
      b: [allow(), allow({ Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] })],
      changes: [
        "statement-changed statement 2: +Action s3:DeleteObject",
        "statement-added statement 1: +Effect Allow +Action s3:GetObject +Resource arn:aws:s3:::b/*",
      ],
    },
    {
      because: "a Sid that occurs twice identifies no statement",
      a: [allow({ Sid: "A" }), allow({ Sid: "A", Action: "sqs:*" })],
      b: [allow({ Sid: "A", Action: "sqs:*" })],
      changes: [
        "statement-removed statement A: -Effect Allow -Action s3:GetObject -Resource arn:aws:s3:::b/*",
      ],
    },
    {
      because: "a changed effect is a line",
      a: [allow()],
      b: [allow({ Effect: "Deny" })],
      changes: ["statement-changed statement 1: -Effect Allow +Effect Deny"],
    },
    {
      because: "Action and NotAction are different elements",
      a: [allow()],
      b: [{ Effect: "Allow", NotAction: "s3:GetObject", NotResource: "arn:aws:s3:::c", Resource: undefined }],
      changes: [
        "statement-removed statement 1: -Effect Allow -Action s3:GetObject -Resource arn:aws:s3:::b/*",
        "statement-added statement 1: +Effect Allow +NotAction s3:GetObject +NotResource arn:aws:s3:::c",
      ],
    },
    {
      because: "each value of a condition is a line, in its original spelling",
      a: [allow({ Condition: { StringEquals: { "aws:SourceVpc": ["v1", "v2"] }, Bool: { "aws:X": true } } })],
      b: [allow({ Condition: { StringEquals: { "AWS:SourceVPC": ["v2", "v3"] }, Bool: { "aws:X": [] } } })],
      changes: [
        "statement-changed statement 1: -Condition Bool aws:X true -Condition StringEquals aws:SourceVpc v1 +Condition Bool aws:X (no value) +Condition StringEquals AWS:SourceVPC v3",
      ],
    },
    {
      because: "order, lists of one, case of actions and repetition make no difference",
      a: [allow({ Action: ["s3:GetObject", "s3:PutObject"] }), allow({ Action: "sqs:*" })],
      b: [
        allow({ Action: ["sqs:*"] }),
        allow({ Action: ["s3:putobject", "s3:PutObject", "S3:GetObject"], Sid: "" }),
      ],
      changes: [],
    },
    {
      because: "a statement that is not understood is shown as written",
      a: [{ Sid: "A", Fresh: 1 }, { Odd: 2 }],
      b: [{ Sid: "A", Fresh: 2 }],
      changes: [
        'statement-changed statement A: -statement {"Fresh":1,"Sid":"A"} +statement {"Fresh":2,"Sid":"A"}',
        'statement-removed statement 2: -statement {"Odd":2}',
      ],
    },
  ])("$because", ({ a, b, changes }) => {
    expect(lines(document(...a), document(...b))).toEqual(changes);
  });

  test("names a changed Version or Id, and reads a single statement as a list", () => {
    const a = JSON.stringify({ Statement: allow() });
    const b = JSON.stringify({ Version: "2012-10-17", Id: "x", Statement: [allow()] });

    expect(lines(a, b)).toEqual([
      "version-changed: -Version 2008-10-17 +Version 2012-10-17",
      "id-changed: +Id x",
    ]);
    expect(lines(b, a)).toEqual([
      "version-changed: -Version 2012-10-17 +Version 2008-10-17",
      "id-changed: -Id x",
    ]);
  });

  test("shows principals with their type in trust and resource policies", () => {
    const trust = (Principal: unknown): string =>
      document({ Effect: "Allow", Action: "sts:AssumeRole", Principal });
    const open = { Effect: "Deny", Action: "lambda:*", Resource: "*" };

    expect(
      lines(
        trust({ Service: "lambda.amazonaws.com" }),
        trust({ AWS: "111122223333", Service: [] }),
        contextOf("trust"),
      ),
    ).toEqual([
      "statement-changed statement 1: -Principal Service lambda.amazonaws.com +Principal AWS arn:aws:iam::111122223333:root",
    ]);
    expect(lines(trust("*"), trust({ AWS: "*" }), contextOf("trust"))).toEqual([
      "statement-changed statement 1: -Principal * +Principal AWS *",
    ]);
    expect(
      lines(
        document({ ...open, Principal: "*" }),
        document({ ...open, NotPrincipal: { AWS: "*" } }),
        contextOf("resource"),
      ),
    ).toEqual(["statement-changed statement 1: -Principal AWS * +NotPrincipal AWS *"]);
  });

  test("shows a text that is no document as one opaque statement", () => {
    expect(lines("text", document(allow()))).toEqual([
      "version-changed: +Version 2012-10-17",
      "statement-removed statement 1: -statement text",
      "statement-added statement 1: +Effect Allow +Action s3:GetObject +Resource arn:aws:s3:::b/*",
    ]);
  });

  test("is found without comparing every two statements of two long documents", () => {
    const long = (action: string): string =>
      document(...Array.from({ length: 400 }, (_, at) => allow({ Action: `${action}${at}` })));

    const changes = documentDiff(long("s3:A"), long("s3:B"), IDENTITY);

    expect(changes).toHaveLength(800);
    expect(changes[0]).toMatchObject({ kind: "statement-removed" });
  });
});
