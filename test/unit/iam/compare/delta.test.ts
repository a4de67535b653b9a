import { describe, expect, test } from "@jest/globals";
import { permissionDelta, permissionRows, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { provedNarrower } from "../../../../src/iam/compare/containment.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { NO_DELTA, turnedDelta, type PermissionRow } from "../../../../src/model/delta.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

type Fields = Readonly<Record<string, unknown>>;

const allow = (fields: Fields = {}): Fields => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource: TABLE,
  ...fields,
});
const deny = (fields: Fields = {}): Fields => ({ ...allow(fields), Effect: "Deny" });

function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function role(texts: readonly string[], boundary: string | null = null): RolePermissions {
  return {
    documents: texts.map((text, at) => ({ from: `document ${at}`, text })),
    boundary: boundary === null ? null : { from: "boundary", text: boundary },
    context: IDENTITY,
  };
}

const line = (row: PermissionRow): string =>
  [row.effect, row.principal, row.action, row.resource, row.condition, row.certainty]
    .filter((part) => part !== null && part !== "")
    .join(" ");

function lines(
  before: RolePermissions,
  after: RolePermissions,
): { allowed: string[]; noLongerAllowed: string[] } {
  const delta = permissionDelta(before, after);
  return { allowed: delta.allowed.map(line), noLongerAllowed: delta.noLongerAllowed.map(line) };
}

describe("the delta between two states of a role", () => {
  test.each([
    {
      because: "an added action is newly allowed",
      before: role([document(allow())]),
      after: role([document(allow({ Action: ["dynamodb:GetItem", "dynamodb:Scan"] }))]),
      allowed: [`Allow dynamodb:Scan ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "each action and resource is a row of its own",
      before: role([]),
      after: role([
        document(allow({ Action: ["s3:B", "s3:A"], Resource: ["arn:aws:s3:::y", "arn:aws:s3:::x"] })),
      ]),
      allowed: [
        "Allow s3:A arn:aws:s3:::x proved",
        "Allow s3:A arn:aws:s3:::y proved",
        "Allow s3:B arn:aws:s3:::x proved",
        "Allow s3:B arn:aws:s3:::y proved",
      ],
      noLongerAllowed: [],
    },
    {
      because: "a permission that moves to another document stays allowed",
      before: role([document(allow()), document(allow({ Action: "s3:GetObject" }))]),
      after: role([document(allow({ Action: ["s3:getobject", "dynamodb:GetItem"] })), document(allow())]),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "a permission that a wider row already allowed is not new",
      before: role([document(allow({ Action: "dynamodb:*" }))]),
      after: role([document(allow({ Action: "dynamodb:*" }), allow())]),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an added wildcard revokes nothing",
      before: role([document(allow())]),
      after: role([document(allow({ Action: "dynamodb:*" }))]),
      allowed: [`Allow dynamodb:* ${TABLE} possible`],
      noLongerAllowed: [],
    },
    {
      because: "an added condition revokes and grants nothing",
      before: role([document(allow())]),
      after: role([document(allow({ Condition: { StringEquals: { "aws:SourceVpc": "v" } } }))]),
      allowed: [],
      noLongerAllowed: [`Allow dynamodb:GetItem ${TABLE} possible`],
    },
    {
      because: "an added Deny revokes its common part with a grant",
      before: role([document(allow())]),
      after: role([document(allow(), deny({ Action: "*", Resource: "*" }))]),
      allowed: [],
      noLongerAllowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
    },
    {
      because: "a removed Deny allows its common part with a grant",
      before: role([document(allow({ Action: "dynamodb:*" }), deny({ Resource: "*" }))]),
      after: role([document(allow({ Action: "dynamodb:*" }))]),
      allowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "an Allow under a Deny grants nothing",
      before: role([document(deny())]),
      after: role([document(allow(), deny())]),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an Allow that a Deny partly revokes is only possible",
      before: role([document(deny())]),
      after: role([document(allow({ Resource: "*" }), deny())]),
      allowed: ["Allow dynamodb:GetItem * possible"],
      noLongerAllowed: [],
    },
    {
      because: "a Deny that meets no grant has a row, since a resource's policy may grant it",
      before: role([document(allow(), deny({ Action: "s3:*", Resource: "*" }))]),
      after: role([document(allow())]),
      allowed: ["Deny s3:* * possible"],
      noLongerAllowed: [],
    },
    {
      because: "a removed Deny allows only what another Deny does not deny too",
      before: role([document(allow(), deny({ Action: "dynamodb:*" }), deny({ Action: "dynamodb:Get*" }))]),
      after: role([document(allow(), deny({ Action: "dynamodb:Get*" }))]),
      allowed: [`Deny dynamodb:* ${TABLE} possible`],
      noLongerAllowed: [],
    },
    {
      because: "a Deny that excludes the condition of a grant revokes nothing of it",
      before: role([document(allow({ Condition: { Null: { k: "false" } } }))]),
      after: role([
        document(
          allow({ Condition: { Null: { k: "false" } } }),
          deny({ Resource: "*", Condition: { Null: { k: "true" } } }),
        ),
      ]),
      allowed: [],
      noLongerAllowed: ['Deny dynamodb:GetItem * {"Null":{"k":["true"]}} possible'],
    },
    {
      because: "an added grant and a removed Deny of the same permission make one row",
      before: role([document(deny())]),
      after: role([document(allow())]),
      allowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "a row that another row of the list covers is omitted",
      before: role([]),
      after: role([document(allow(), allow({ Action: "dynamodb:*" }), allow({ Action: "dynamodb:Get*" }))]),
      allowed: [`Allow dynamodb:* ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "one of two rows that cover each other is kept",
      before: role([]),
      after: role([document(allow({ Resource: "arn:aws:s3" }), allow({ Resource: "arn:aws:s3:*:*:*:*" }))]),
      allowed: ["Allow dynamodb:GetItem arn:aws:s3 proved"],
      noLongerAllowed: [],
    },
    {
      because: "a wider boundary allows its common part with a grant",
      before: role([document(allow({ Action: "dynamodb:*" }))], document(allow({ Action: "s3:*" }))),
      after: role(
        [document(allow({ Action: "dynamodb:*" }))],
        document(allow({ Action: ["s3:*", "dynamodb:GetItem"], Resource: "*" })),
      ),
      allowed: ["Allow s3:* * possible", `Allow dynamodb:GetItem ${TABLE} proved`].toReversed(),
      noLongerAllowed: [],
    },
    {
      because: "a grant that the boundary only moves is not new",
      before: role([document(allow())], document(allow())),
      after: role([document(allow(), allow({ Action: "dynamodb:*" }))], document(allow())),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an Allow outside the boundary grants nothing",
      before: role([], document(allow({ Action: "s3:*", Resource: "*" }))),
      after: role([document(allow())], document(allow({ Action: "s3:*", Resource: "*" }))),
      allowed: [],
      noLongerAllowed: [],
    },
    {
      because: "an Allow inside the boundary is proved",
      before: role([], document(allow({ Action: "dynamodb:*", Resource: "*" }))),
      after: role([document(allow())], document(allow({ Action: "dynamodb:*", Resource: "*" }))),
      allowed: [`Allow dynamodb:GetItem ${TABLE} proved`],
      noLongerAllowed: [],
    },
    {
      because: "a removed boundary may allow anything",
      before: role([document(allow())], document(allow())),
      after: role([document(allow())]),
      allowed: ["Allow * * possible"],
      noLongerAllowed: [],
    },
    {
      because: "an added boundary may revoke anything",
      before: role([document(allow())]),
      after: role([document(allow())], document(allow())),
      allowed: [],
      noLongerAllowed: ["Allow * * possible"],
    },
    {
      because: "an Allow with NotAction is one row",
      before: role([]),
      after: role([
        document({ Effect: "Allow", NotAction: ["s3:*", "iam:*"], NotResource: "arn:aws:s3:::x" }),
      ]),
      allowed: ["Allow all but iam:*, s3:* all but arn:aws:s3:::x proved"],
      noLongerAllowed: [],
    },
    {
      because: "an Allow that excepts every action grants nothing",
      before: role([]),
      after: role([document(allow({ NotResource: "*", Resource: undefined }))]),
      allowed: ["Allow dynamodb:GetItem all but * possible"],
      noLongerAllowed: [],
    },
    {
      because: "a variable in the first five parts of an ARN is never replaced",
      before: role([]),
      after: role([document(allow({ Resource: "arn:aws:${aws:PrincipalTag/s}:::x" }))]),
      allowed: ["Allow dynamodb:GetItem arn:aws:${aws:PrincipalTag/s}:::x possible"],
      noLongerAllowed: [],
    },
    {
      because: "a statement that is not understood may allow and may deny",
      before: role([document(allow())]),
      after: role([document(allow(), { Fresh: 1 })]),
      allowed: ['Allow unknown unknown {"Fresh":1} possible'],
      noLongerAllowed: ['Allow unknown unknown {"Fresh":1} possible'],
    },
    {
      because: "a statement that is not understood equals only itself",
      before: role([document({ Fresh: 1 })]),
      after: role([document({ Fresh: 2 })]),
      allowed: ['Allow unknown unknown {"Fresh":1} possible', 'Allow unknown unknown {"Fresh":2} possible'],
      noLongerAllowed: [
        'Allow unknown unknown {"Fresh":1} possible',
        'Allow unknown unknown {"Fresh":2} possible',
      ],
    },
    {
      because: "an unreadable document is one such row",
      before: role([]),
      after: role(["text"]),
      allowed: ['Allow unknown unknown "text" possible'],
      noLongerAllowed: ['Allow unknown unknown "text" possible'],
    },
    {
      because: "a variable of version 2012 is plain text in version 2008",
      before: role([document(allow({ Resource: "arn:aws:s3:::${aws:username}" }))]),
      after: role([JSON.stringify({ Statement: allow({ Resource: "arn:aws:s3:::${aws:username}" }) })]),
      allowed: ["Allow dynamodb:GetItem arn:aws:s3:::${aws:username} possible"],
      noLongerAllowed: ["Allow dynamodb:GetItem arn:aws:s3:::${aws:username} possible"],
    },
  ])("$because", ({ before, after, allowed, noLongerAllowed }) => {
    expect(lines(before, after)).toEqual({ allowed, noLongerAllowed });
    expect(lines(after, before)).toEqual({ allowed: noLongerAllowed, noLongerAllowed: allowed });
  });

  test("documents in another order make no difference", () => {
    const [a, b] = [document(allow()), document(deny())];

    expect(permissionDelta(role([a, b]), role([b, a]))).toEqual(NO_DELTA);
  });
});

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
      { from: "inline grantkeeper", text, origin: (sid: string | null) => (sid === "S" ? origin : null) },
    ];

    expect(permissionRows({ documents, boundary: null, context: IDENTITY })).toEqual([
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
    const documents = [{ from: "inline", text: document(opaque, allow(), allow()), origin: () => null }];
    const rows = permissionRows({
      documents,
      boundary: { from: "boundary", text: document(allow()) },
      context: IDENTITY,
    });

    expect(rows.map((row) => [row.action, row.from, row.sid])).toEqual([
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
    const rows = permissionRows({ documents: [{ from: "trust", text }], boundary: null, context });

    expect(rows).toMatchObject([
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
    const rows = permissionRows({ documents: [{ from: "f", text }], boundary: null, context });

    expect(rows).toMatchObject([
      { effect: "Allow", principal: "AWS *", risk: "exposure" },
      { effect: "Deny", principal: "all but AWS arn:aws:iam::111122223333:root", risk: "none" },
    ]);
  });
});

test("of a deleted principal is never proved", () => {
  const trusting = (...ids: readonly string[]): RolePermissions => ({
    documents: [
      {
        from: "trust",
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

describe("one document is proved narrower than another", () => {
  const when = (block: Fields): string => document(allow({ Condition: block }));
  test.each([
    { because: "they are the same text", inner: "text", outer: "text", proved: true },
    {
      because: "it lacks an action",
      inner: document(allow()),
      outer: document(allow({ Action: ["dynamodb:GetItem", "s3:*"] })),
      proved: true,
    },
    {
      because: "it has another action",
      inner: document(allow({ Action: ["dynamodb:GetItem", "s3:*"] })),
      outer: document(allow()),
      proved: false,
    },
    {
      because: "it has an additional condition",
      inner: when({ Bool: { k: "true" } }),
      outer: document(allow()),
      proved: true,
    },
    {
      because: "it has another condition",
      inner: when({ Bool: { k: "true" } }),
      outer: when({ Bool: { j: "true" } }),
      proved: false,
    },
    {
      because: "its condition has fewer values",
      inner: when({ StringEquals: { k: "a" } }),
      outer: when({ StringEquals: { k: ["a", "b"] } }),
      proved: true,
    },
    {
      because: "its condition has more values",
      inner: when({ StringEquals: { k: ["a", "b"] } }),
      outer: when({ StringEquals: { k: "a" } }),
      proved: false,
    },
    {
      because: "its condition excepts more values",
      inner: when({ StringNotEquals: { k: ["a", "b"] } }),
      outer: when({ StringNotEquals: { k: "a" } }),
      proved: true,
    },
    {
      because: "its pattern is narrower",
      inner: when({ StringLike: { k: "ab*" } }),
      outer: when({ StringLike: { k: "a*" } }),
      proved: true,
    },
    {
      because: "its pattern is wider",
      inner: when({ StringLike: { k: "a*" } }),
      outer: when({ StringLike: { k: "ab*" } }),
      proved: false,
    },
    {
      because: "it also requires the key to exist",
      inner: when({ StringEquals: { k: "a" } }),
      outer: when({ StringEqualsIfExists: { k: "a" } }),
      proved: true,
    },
    {
      because: "it does not require the key to exist",
      inner: when({ StringEqualsIfExists: { k: "a" } }),
      outer: when({ StringEquals: { k: "a" } }),
      proved: false,
    },
    {
      because: "a condition without values allows nothing",
      inner: when({ StringEquals: { k: [] } }),
      outer: when({ StringEquals: { k: "a" } }),
      proved: true,
    },
    {
      because: "its upper bound is lower",
      inner: when({ NumericLessThan: { k: "1" } }),
      outer: when({ NumericLessThan: { k: "2" } }),
      proved: true,
    },
    {
      because: "its upper bound is higher",
      inner: when({ NumericLessThan: { k: "2" } }),
      outer: when({ NumericLessThan: { k: "1" } }),
      proved: false,
    },
    {
      because: "it denies more",
      inner: document(allow(), deny({ Action: "dynamodb:*" })),
      outer: document(allow(), deny()),
      proved: true,
    },
    { because: "it denies less", inner: document(allow()), outer: document(allow(), deny()), proved: false },
    {
      because: "a resource's policy may allow what the other denies",
      inner: document(allow()),
      outer: document(allow(), deny({ Action: "s3:*" })),
      proved: false,
    },
    {
      because: "it excepts more",
      inner: document({ Effect: "Allow", NotAction: ["iam:*", "s3:*"], Resource: "*" }),
      outer: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      proved: true,
    },
    {
      because: "it excepts less",
      inner: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      outer: document({ Effect: "Allow", NotAction: ["iam:*", "s3:*"], Resource: "*" }),
      proved: false,
    },
    {
      because: "its action is none of the exceptions",
      inner: document(allow({ Resource: "*" })),
      outer: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      proved: true,
    },
    {
      because: "its action may be one of the exceptions",
      inner: document(allow({ Action: "*", Resource: "*" })),
      outer: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      proved: false,
    },
    {
      because: "all actions cover all but some",
      inner: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      outer: document(allow({ Action: "*", Resource: "*" })),
      proved: true,
    },
    {
      because: "all actions of one service do not cover all but some",
      inner: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      outer: document(allow({ Action: "s3:*", Resource: "*" })),
      proved: false,
    },
    {
      because: "a resource's policy may allow what the other denies beyond its own grants",
      inner: document(allow()),
      outer: document(allow(), { Effect: "Deny", NotAction: "dynamodb:*", Resource: "*" }),
      proved: false,
    },
    {
      because: "two exceptions may overlap",
      inner: document({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }),
      outer: document(allow({ Action: "*", Resource: "*" }), {
        Effect: "Deny",
        NotAction: "dynamodb:*",
        Resource: "*",
      }),
      proved: false,
    },
    {
      because: "its ARN condition is covered part by part",
      inner: when({ ArnLike: { k: "arn:aws:sns:eu-west-1:1:t1" } }),
      outer: when({ ArnLike: { k: "arn:aws:sns:*:*:t*" } }),
      proved: true,
    },
    {
      because: "any ARN covers its ARN condition",
      inner: when({ ArnLike: { k: "arn:aws:sns:eu-west-1:1:t1" } }),
      outer: when({ ArnLike: { k: "*" } }),
      proved: true,
    },
    {
      because: "a star in the other's ARN condition would have to match a colon",
      inner: when({ ArnLike: { k: "arn:aws:sns:eu-west-1:1:t1" } }),
      outer: when({ ArnLike: { k: "arn:aws:*:t1" } }),
      proved: false,
    },
    {
      because: "one of its statements is not understood",
      inner: document(allow(), { Fresh: 1 }),
      outer: document(allow()),
      proved: false,
    },
    {
      because: "a statement of the other is not understood",
      inner: document(allow()),
      outer: document(allow(), { Fresh: 1 }),
      proved: false,
    },
  ])("$proved: $because", ({ inner, outer, proved }) => {
    expect(provedNarrower(inner, outer, { ...IDENTITY, dialect: "boundary" }).kind).toBe(
      proved ? "proved" : "not-proved",
    );
  });

  test("one document is never proved narrower for another principal", () => {
    const by = (principal: string): string =>
      document({ Effect: "Allow", Principal: { Service: principal }, Action: "sts:AssumeRole" });

    expect(
      provedNarrower(by("a.amazonaws.com"), by("b.amazonaws.com"), { ...IDENTITY, dialect: "trust" }).kind,
    ).toBe("not-proved");
  });
});
