import { describe, expect, test } from "@jest/globals";
import { permissionDelta, permissionRows, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { turnedDelta } from "../../../../src/model/delta.ts";
import { IDENTITY, allow, document, role, lines } from "./table-roles.ts";
import { recordedRow, readDocumentName } from "../../../../src/iam/row-text.ts";

describe("a row of a delta", () => {
  test("shows its source, its canonical condition, its risk and its origin", () => {
    const origin = { file: "a.yaml", line: 3, column: 5, path: "spec.grants[0]" };
    const text = document(
      allow({
        Sid: "S",
        Action: "iam:PutRolePolicy",
        Resource: "*",
        Condition: { StringEquals: { "aws:B": "1", "AWS:A": ["3", "2"] } },
      }),
    );
    const documents = [
      {
        from: readDocumentName("inline grantkeeper"),
        text,
        origin: (sid: string | null) => (sid === "S" ? origin : null),
      },
    ];

    expect(permissionRows({ documents, boundary: null, context: IDENTITY }).map(recordedRow)).toEqual([
      {
        effect: "Allow",
        principal: null,
        action: "iam:PutRolePolicy",
        resource: "*",
        condition: '{"StringEquals":{"aws:a":["2","3"],"aws:b":["1"]}}',
        from: "inline grantkeeper",
        sid: "S",
        origin,
        certainty: "possible",
        risk: "escalation",
      },
    ]);
  });

  test("exists once for a boundary and for an opaque statement with a Sid, in sorted order", () => {
    const opaque = { Sid: "O", Effect: "Allow", Fresh: 1 };
    const documents = [
      { from: readDocumentName("inline"), text: document(opaque, allow(), allow()), origin: () => null },
    ];
    const rows = permissionRows({
      documents,
      boundary: { from: readDocumentName("boundary"), text: document(allow()) },
      context: IDENTITY,
    });

    expect(rows.map(recordedRow).map((row) => [row.action, row.from, row.sid])).toEqual([
      ["dynamodb:GetItem", "boundary", null],
      ["dynamodb:GetItem", "inline", null],
      ["unknown", "inline", "O"],
    ]);
  });

  test("of a trust policy names the principal, and is a risk unless the principal is Lambda", () => {
    const text = document({
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com", AWS: "444455556666" },
      Action: "sts:AssumeRole",
    });
    const context: DocumentContext = { ...IDENTITY, dialect: "trust" };
    const rows = permissionRows({
      documents: [{ from: readDocumentName("trust"), text }],
      boundary: null,
      context,
    });

    expect(rows.map(recordedRow)).toMatchObject([
      {
        principal: "AWS arn:aws:iam::444455556666:root",
        action: "sts:AssumeRole",
        resource: "",
        risk: "escalation",
      },
      { principal: "Service lambda.amazonaws.com", risk: "none" },
    ]);
  });

  test("of a function's policy is an exposure if it is public", () => {
    const invoke = {
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
    };
    const text = document(
      { ...invoke, Principal: "*" },
      { ...invoke, NotPrincipal: { AWS: "111122223333" }, Effect: "Deny" },
    );
    const context: DocumentContext = { ...IDENTITY, dialect: "resource" };
    const rows = permissionRows({
      documents: [{ from: readDocumentName("f"), text }],
      boundary: null,
      context,
    });

    expect(rows.map(recordedRow)).toMatchObject([
      { effect: "Allow", principal: "AWS *", risk: "exposure" },
      { effect: "Deny", principal: "all but AWS arn:aws:iam::111122223333:root", risk: "none" },
    ]);
  });
});

test("of a deleted principal is never proved", () => {
  const trusting = (...ids: readonly string[]): RolePermissions => ({
    documents: [
      {
        from: readDocumentName("trust"),
        text: document(
          ...ids.map((id) => ({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: id } })),
        ),
      },
    ],
    boundary: null,
    context: { ...IDENTITY, dialect: "trust" },
  });

  expect(lines(trusting(), trusting("AROAEXAMPLE", "111122223333")).allowed).toEqual([
    "Allow AWS AROAEXAMPLE sts:AssumeRole possible",
    "Allow AWS arn:aws:iam::111122223333:root sts:AssumeRole proved",
  ]);
});

test("for documents too large to compare is the same in both directions and in any order of the questions", () => {
  const long = (name: string): RolePermissions =>
    role([
      document(
        ...Array.from({ length: 4 }, (_, at) => ({
          Effect: at % 2 === 0 ? "Allow" : "Deny",
          Action: at % 3 === 0 ? `s3:${name}` : "s3:*",
          NotResource: Array.from({ length: 200 }, (_, key) => `arn:aws:s3:::${name}${at}/${key}`),
        })),
      ),
    ]);
  const [there, back] = [permissionDelta(long("a"), long("b")), permissionDelta(long("b"), long("a"))];

  expect(back).toEqual(turnedDelta(there));
});
