import { describe, expect, test } from "@jest/globals";
import { provedNarrower, provedWithin } from "../../../../src/iam/compare/containment.ts";
import { newDenials, permissionDelta, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

const BUCKET = "arn:aws:s3:::b/*";

function contextOf(dialect: Dialect): DocumentContext {
  return { dialect, partition: "aws", accountId: "111122223333" };
}

const allow = (fields: object = {}): object => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: BUCKET,
  ...fields,
});
const deny = (fields: object = {}): object => ({ ...allow(fields), Effect: "Deny" });
const trust = (Principal: unknown, fields: object = {}): object => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...fields,
});

function document(...statements: readonly unknown[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function role(
  texts: readonly string[],
  boundary: string | null = null,
  dialect: Dialect = "identity",
): RolePermissions {
  return {
    documents: texts.map((text, at) => ({ from: `policy ${at}`, text })),
    boundary: boundary === null ? null : { from: "boundary", text: boundary },
    context: contextOf(dialect),
  };
}

const PROVED = "proved";

function answer(inner: RolePermissions, outer: RolePermissions): string {
  const proof = provedWithin(inner, outer);
  return proof.kind === "proved" ? PROVED : proof.because;
}

describe("what a role may do lies within what it may do otherwise, or why that is not proved", () => {
  test.each([
    {
      because: "two documents together hold what one of the others held alone",
      inner: role([document(allow()), document(allow({ Action: "s3:PutObject" }))]),
      outer: role([document(allow({ Action: ["s3:*"] }))]),
      says: PROVED,
    },
    {
      because: "one of the same resource allows nothing of it",
      inner: role([document(allow({ Action: "sqs:SendMessage", Resource: "*" }))]),
      outer: role([document(allow())]),
      says: "sqs:SendMessage on * is allowed, of which the other allows nothing",
    },
    {
      because: "two rows may hold it together, and that is not tried",
      inner: role([document(allow({ Action: "s3:Get*" }))]),
      outer: role([
        document(allow({ Action: "s3:Get*", Condition: { Null: { k: "true" } } })),
        document(allow({ Action: "s3:Get*", Condition: { Null: { k: "false" } } })),
      ]),
      says: `s3:Get* on ${BUCKET} is allowed, of which the other allows no single row that holds all of it`,
    },
    {
      because: "the first reason in the order of texts is told",
      inner: role([document(allow({ Action: ["sqs:B", "sqs:A"], Condition: { Null: { k: "false" } } }))]),
      outer: role([]),
      says: `sqs:A on ${BUCKET} when {"Null":{"k":["false"]}} is allowed, of which the other allows nothing`,
    },
    {
      because: "the other one denies a part of it",
      inner: role([document(allow({ Action: "s3:*" }))]),
      outer: role([document(allow({ Action: "s3:*" }), deny({ Sid: "No" }))]),
      says: `s3:GetObject on ${BUCKET} is denied by the other alone (statement No of policy 0)`,
    },
    {
      because: "a Deny that meets no grant here may meet one of a resource's policy",
      inner: role([document(allow())]),
      outer: role([document(allow(), deny({ Action: "sqs:*" }))]),
      says: `sqs:* on ${BUCKET} is denied by the other alone (policy 0)`,
    },
    {
      because: "so may a boundary's, where the policy names the very session",
      inner: role([document(allow())], null, "boundary"),
      outer: role([document(allow(), deny({ Action: "sqs:*" }))], null, "boundary"),
      says: `sqs:* on ${BUCKET} is denied by the other alone (policy 0)`,
    },
    {
      because: "whether a trust in everybody at AWS means services too is not documented",
      inner: role([document(trust({ Service: "lambda.amazonaws.com" }))], null, "trust"),
      outer: role([document(trust({ AWS: "*" }))], null, "trust"),
      says: "Service lambda.amazonaws.com sts:AssumeRole is allowed, of which the other allows no single row that holds all of it",
    },
    {
      because: "it does mean roles",
      inner: role([document(trust({ AWS: "111122223333" }))], null, "trust"),
      outer: role([document(trust({ AWS: "*" }))], null, "trust"),
      says: PROVED,
    },
    {
      because: "everybody means all of them",
      inner: role([document(trust({ Service: "lambda.amazonaws.com" }))], null, "trust"),
      outer: role([document(trust("*"))], null, "trust"),
      says: PROVED,
    },
    {
      because: "in a resource's policy the two are the same",
      inner: role([document(allow({ Principal: { Service: "lambda.amazonaws.com" } }))], null, "resource"),
      outer: role([document(allow({ Principal: { AWS: "*" } }))], null, "resource"),
      says: PROVED,
    },
    {
      because: "beside a trust policy nothing allows",
      inner: role([document(trust({ AWS: "111122223333" }))], null, "trust"),
      outer: role(
        [document(trust({ AWS: "111122223333" }), { ...trust({ Service: "a" }), Effect: "Deny" })],
        null,
        "trust",
      ),
      says: PROVED,
    },
    {
      because: "its own Deny takes it away",
      inner: role([document(allow({ Action: "s3:*" }), deny({ Action: "s3:*" }))]),
      outer: role([]),
      says: PROVED,
    },
    {
      because: "its own boundary leaves only what the other one has",
      inner: role([document(allow({ Action: "*", Resource: "*" }))], document(allow())),
      outer: role([document(allow())], document(allow())),
      says: PROVED,
    },
    {
      because: "the other one's boundary holds it back",
      inner: role([document(allow())]),
      outer: role([document(allow())], document(allow({ Action: "sqs:*" }))),
      says: `s3:GetObject on ${BUCKET} lies outside the other's boundary`,
    },
    {
      because: "nobody understands its boundary",
      inner: role([document(allow())], "text"),
      outer: role([], null),
      says: 'a statement is not understood (boundary): "text"',
    },
    {
      because: "what is not understood may read a variable, which a document of 2008 does not",
      inner: role([JSON.stringify({ Version: "2012-10-17", Statement: [{ Odd: "${aws:username}" }] })]),
      outer: role([JSON.stringify({ Version: "2008-10-17", Statement: [{ Odd: "${aws:username}" }] })]),
      says: 'a statement is not understood (policy 0): {"Odd":"${aws:username}"}',
    },
    {
      because: "the same text is not understood as a policy and as a boundary",
      inner: role([document(allow())], document({ Odd: 1 })),
      outer: role([document(allow()), document({ Odd: 1 })], document(allow())),
      says: 'a statement is not understood (boundary): {"Odd":1}',
    },
  ])("$because", ({ inner, outer, says }) => {
    expect(answer(inner, outer)).toBe(says);
    expect(permissionDelta(outer, inner).allowed.length > 0).toBe(says !== PROVED);
  });

  test.each([
    {
      because: "everybody holds each",
      inner: { AWS: "arn:aws:iam::111122223333:role/r" },
      outer: { AWS: "*" },
      proved: true,
    },
    {
      because: "an account's roles are named by themselves",
      inner: { AWS: "arn:aws:iam::111122223333:role/r" },
      outer: { AWS: "111122223333" },
      proved: false,
    },
    {
      because: "one of two",
      inner: { AWS: "444455556666" },
      outer: { AWS: ["444455556666", "111122223333"] },
      proved: true,
    },
  ])("by who it is: $because", ({ inner, outer, proved }) => {
    const [a, b] = [document(trust(inner)), document(trust(outer))];

    expect(provedNarrower(a, b, contextOf("trust")).kind).toBe(proved ? "proved" : "not-proved");
  });
});

describe("a Deny takes away what a grant of the same principal has", () => {
  const takenFrom = (granted: unknown, denied: object): readonly string[] => {
    const grants = trust(granted);
    const before = role([document(grants)], null, "trust");
    const after = role([document(grants, trust(undefined, { Effect: "Deny", ...denied }))], null, "trust");
    return permissionDelta(before, after).noLongerAllowed.map(
      ({ principal, certainty }) => `${principal ?? ""}, ${certainty}`,
    );
  };

  test.each([
    {
      granted: { Service: "a.com" },
      denied: { Principal: { Service: "a.com" } },
      taken: ["Service a.com, proved"],
    },
    { granted: { Service: "a.com" }, denied: { Principal: { Service: "b.com" } }, taken: [] },
    { granted: { Service: "a.com" }, denied: { Principal: { AWS: "111122223333" } }, taken: [] },
    { granted: { Service: "a.com" }, denied: { Principal: "*" }, taken: ["Service a.com, proved"] },
    { granted: { AWS: "*" }, denied: { Principal: { Service: "a.com" } }, taken: ["AWS *, possible"] },
    {
      granted: { AWS: "arn:aws:iam::111122223333:role/r" },
      denied: { Principal: { AWS: "111122223333" } },
      taken: ["AWS arn:aws:iam::111122223333:role/r, possible"],
    },
    {
      granted: { CanonicalUser: "x" },
      denied: { Principal: { AWS: "111122223333" } },
      taken: ["CanonicalUser x, possible"],
    },
    {
      granted: { AWS: "444455556666" },
      denied: { NotPrincipal: { AWS: "111122223333" } },
      taken: ["AWS arn:aws:iam::444455556666:root, possible"],
    },
    { granted: { AWS: "*" }, denied: { NotPrincipal: { AWS: "111122223333" } }, taken: ["AWS *, possible"] },
  ])("$granted under $denied", ({ granted, denied, taken }) => {
    expect(takenFrom(granted, denied)).toEqual(taken);
  });
});

describe("many patterns", () => {
  test("are compared with those of their own service, not each with each", () => {
    const patterns = Array.from({ length: 1_000 }, (_, at) => `svc${at % 200}x:Get${at}*`);
    const started = performance.now();

    expect(
      answer(role([document(allow({ Action: patterns }))]), role([document(allow({ Action: "sv*" }))])),
    ).toBe(PROVED);
    expect(
      permissionDelta(role([]), role([document(allow({ Action: patterns }))])).allowed.length,
    ).toBeGreaterThan(900);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("new denials", () => {
  test("are the Denies of the second that none of the first holds, whether or not they meet a grant", () => {
    const before = role([document(allow(), deny({ Action: "s3:*" }))]);
    const after = role([
      document(deny(), deny({ Action: "sqs:*" }), deny({ Action: "sns:*" })),
      document({ Odd: 1 }),
    ]);

    expect(newDenials(before, after).map(({ action }) => action)).toEqual(["sns:*", "sqs:*"]);
    expect(newDenials(after, before).map(({ action }) => action)).toEqual(["s3:*"]);
  });

  test.each([
    { odd: { Odd: "Deny" }, isDenial: true, because: "nobody knows what it does" },
    { odd: { ...deny(), Odd: 1 }, isDenial: true, because: "it says that it denies" },
    { odd: { ...allow(), Odd: "Deny" }, isDenial: false, because: "it says that it allows" },
    { odd: { Odd: 1 }, isDenial: false, because: "it speaks of no Deny" },
  ])("may be what is not understood: $isDenial where $because", ({ odd, isDenial }) => {
    const after = role([document(allow(), odd)]);

    expect(newDenials(role([document(allow())]), after)).toHaveLength(isDenial ? 1 : 0);
    expect(newDenials(after, after)).toEqual([]);
  });
});

describe("a row of a delta", () => {
  test("says under which condition the same permission stands on the other side", () => {
    const when = (value: string): object => ({ Condition: { StringEquals: { k: value } } });
    const before = role([document(allow(when("b")), allow(when("a")))]);
    const delta = permissionDelta(before, role([document(allow(), allow({ Action: "s3:PutObject" }))]));

    expect(delta.allowed.map((row) => [row.action, row.condition, row.otherCondition])).toEqual([
      ["s3:GetObject", "", '{"StringEquals":{"k":["a"]}}'],
      ["s3:PutObject", "", null],
    ]);
    expect(delta.noLongerAllowed).toEqual([]);
  });

  test("that another document's `${` stands in is shown as it was written", () => {
    const statements = [allow({ Resource: "*" }), deny({ Condition: { StringEquals: { k: "${x}" } } })];
    const old = JSON.stringify({ Version: "2008-10-17", Statement: statements });

    const [row] = permissionDelta(role([old]), role([document(allow({ Resource: "*" }))])).allowed;

    expect(row).toMatchObject({
      resource: BUCKET,
      condition: '{"StringEquals":{"k":["${x}"]}}',
      limit: { kind: "denial", from: "policy 0", sid: null },
    });
  });

  test("that a boundary lets in names the boundary", () => {
    const inside = (boundary: string | null): RolePermissions => role([document(allow())], boundary);

    expect(permissionDelta(inside(document(allow({ Action: "sqs:*" }))), inside(null)).allowed).toMatchObject(
      [
        {
          action: "s3:GetObject",
          certainty: "proved",
          limit: { kind: "boundary", from: "boundary", sid: null },
        },
      ],
    );
  });
});
