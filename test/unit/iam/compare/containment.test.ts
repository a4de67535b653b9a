import { describe, expect, test } from "@jest/globals";
import { provedNarrower, provedWithin } from "../../../../src/iam/compare/containment.ts";
import { permissionDelta, type RolePermissions } from "../../../../src/iam/compare/delta.ts";
import { BUCKET, contextOf, allow, deny, document, role } from "./bucket-roles.ts";
import { recordedDelta } from "../../../../src/iam/row-text.ts";

const trust = (Principal: unknown, fields: object = {}): object => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...fields,
});

const PROVED = "proved";

function answer(inner: RolePermissions, outer: RolePermissions): string {
  const proof = provedWithin(inner, outer);
  return proof.kind === "proved" ? PROVED : proof.because;
}

describe("the permissions of one role are within those of another, or the answer names the reason for doubt", () => {
  test.each([
    {
      because: "two documents together contain the permissions of one",
      inner: role([document(allow()), document(allow({ Action: "s3:PutObject" }))]),
      outer: role([document(allow({ Action: ["s3:*"] }))]),
      answers: PROVED,
    },
    {
      because: "an Allow under a Deny of the same resource grants nothing",
      inner: role([document(allow({ Action: "sqs:SendMessage", Resource: "*" }))]),
      outer: role([document(allow())]),
      answers: "sqs:SendMessage on * is allowed, of which the other allows nothing",
    },
    {
      because: "two rows together might cover it, which is not tried",
      inner: role([document(allow({ Action: "s3:Get*" }))]),
      outer: role([
        document(allow({ Action: "s3:Get*", Condition: { Null: { k: "true" } } })),
        document(allow({ Action: "s3:Get*", Condition: { Null: { k: "false" } } })),
      ]),
      answers: `s3:Get* on ${BUCKET} is allowed, of which the other allows no single row that holds all of it`,
    },
    {
      because: "the first reason in the order of texts is given",
      inner: role([document(allow({ Action: ["sqs:B", "sqs:A"], Condition: { Null: { k: "false" } } }))]),
      outer: role([]),
      answers: `sqs:A on ${BUCKET} when {"Null":{"k":["false"]}} is allowed, of which the other allows nothing`,
    },
    {
      because: "the other role denies a part of it",
      inner: role([document(allow({ Action: "s3:*" }))]),
      outer: role([document(allow({ Action: "s3:*" }), deny({ Sid: "No" }))]),
      answers: `s3:GetObject on ${BUCKET} is denied by the other alone (statement No of policy 0)`,
    },
    {
      because: "a Deny that meets no grant here may meet a grant of a resource's policy",
      inner: role([document(allow())]),
      outer: role([document(allow(), deny({ Action: "sqs:*" }))]),
      answers: `sqs:* on ${BUCKET} is denied by the other alone (policy 0)`,
    },
    {
      because: "a boundary's Deny may meet a resource's policy that names the session",
      inner: role([document(allow())], null, "boundary"),
      outer: role([document(allow(), deny({ Action: "sqs:*" }))], null, "boundary"),
      answers: `sqs:* on ${BUCKET} is denied by the other alone (policy 0)`,
    },
    {
      because: "it is not documented whether all AWS principals in a trust policy include services",
      inner: role([document(trust({ Service: "lambda.amazonaws.com" }))], null, "trust"),
      outer: role([document(trust({ AWS: "*" }))], null, "trust"),
      answers:
        "Service lambda.amazonaws.com sts:AssumeRole is allowed, of which the other allows no single row that holds all of it",
    },
    {
      because: "all AWS principals in a trust policy include roles",
      inner: role([document(trust({ AWS: "111122223333" }))], null, "trust"),
      outer: role([document(trust({ AWS: "*" }))], null, "trust"),
      answers: PROVED,
    },
    {
      because: "a bare star includes all principals",
      inner: role([document(trust({ Service: "lambda.amazonaws.com" }))], null, "trust"),
      outer: role([document(trust("*"))], null, "trust"),
      answers: PROVED,
    },
    {
      because: "in a resource's policy a bare star and all AWS principals are the same",
      inner: role([document(allow({ Principal: { Service: "lambda.amazonaws.com" } }))], null, "resource"),
      outer: role([document(allow({ Principal: { AWS: "*" } }))], null, "resource"),
      answers: PROVED,
    },
    {
      because: "no other policy allows what a trust policy does not",
      inner: role([document(trust({ AWS: "111122223333" }))], null, "trust"),
      outer: role(
        [document(trust({ AWS: "111122223333" }), { ...trust({ Service: "a" }), Effect: "Deny" })],
        null,
        "trust",
      ),
      answers: PROVED,
    },
    {
      because: "the role's own Deny removes it",
      inner: role([document(allow({ Action: "s3:*" }), deny({ Action: "s3:*" }))]),
      outer: role([]),
      answers: PROVED,
    },
    {
      because: "the role's own boundary leaves only what the other role has",
      inner: role([document(allow({ Action: "*", Resource: "*" }))], document(allow())),
      outer: role([document(allow())], document(allow())),
      answers: PROVED,
    },
    {
      because: "the other role's boundary prevents it",
      inner: role([document(allow())]),
      outer: role([document(allow())], document(allow({ Action: "sqs:*" }))),
      answers: `s3:GetObject on ${BUCKET} lies outside the other's boundary`,
    },
    {
      because: "the other role's boundary is not understood",
      inner: role([document(allow())], "text"),
      outer: role([], null),
      answers: 'a statement is not understood (boundary): "text"',
    },
    {
      because: "an opaque statement may use a variable, which version 2008 does not know",
      inner: role([JSON.stringify({ Version: "2012-10-17", Statement: [{ Odd: "${aws:username}" }] })]),
      outer: role([JSON.stringify({ Version: "2008-10-17", Statement: [{ Odd: "${aws:username}" }] })]),
      answers: 'a statement is not understood (policy 0): {"Odd":"${aws:username}"}',
    },
    {
      because: "an opaque statement may mean something else in a boundary than in a policy",
      inner: role([document(allow())], document({ Odd: 1 })),
      outer: role([document(allow()), document({ Odd: 1 })], document(allow())),
      answers: 'a statement is not understood (boundary): {"Odd":1}',
    },
  ])("$because", ({ inner, outer, answers }) => {
    expect(answer(inner, outer)).toBe(answers);
    expect(permissionDelta(outer, inner).allowed.length > 0).toBe(answers !== PROVED);
  });

  test.each([
    {
      because: "all principals cover each principal",
      inner: { AWS: "arn:aws:iam::111122223333:role/r" },
      outer: { AWS: "*" },
      proved: true,
    },
    {
      because: "the account does not cover a role that is named by itself",
      inner: { AWS: "arn:aws:iam::111122223333:role/r" },
      outer: { AWS: "111122223333" },
      proved: false,
    },
    {
      because: "a list of two principals covers one of them",
      inner: { AWS: "444455556666" },
      outer: { AWS: ["444455556666", "111122223333"] },
      proved: true,
    },
  ])("a grant covers another by its principal: $because", ({ inner, outer, proved }) => {
    const [a, b] = [document(trust(inner)), document(trust(outer))];

    expect(provedNarrower(a, b, contextOf("trust")).kind).toBe(proved ? "proved" : "not-proved");
  });
});

describe("a Deny removes what a grant allows to the same principal", () => {
  const removedFrom = (granted: unknown, denied: object): readonly string[] => {
    const grants = trust(granted);
    const before = role([document(grants)], null, "trust");
    const after = role([document(grants, trust(undefined, { Effect: "Deny", ...denied }))], null, "trust");
    return recordedDelta(permissionDelta(before, after)).noLongerAllowed.map(
      ({ principal, certainty }) => `${principal ?? ""}, ${certainty}`,
    );
  };

  test.each([
    {
      granted: { Service: "a.com" },
      denied: { Principal: { Service: "a.com" } },
      removed: ["Service a.com, proved"],
    },
    { granted: { Service: "a.com" }, denied: { Principal: { Service: "b.com" } }, removed: [] },
    { granted: { Service: "a.com" }, denied: { Principal: { AWS: "111122223333" } }, removed: [] },
    { granted: { Service: "a.com" }, denied: { Principal: "*" }, removed: ["Service a.com, proved"] },
    { granted: { AWS: "*" }, denied: { Principal: { Service: "a.com" } }, removed: ["AWS *, possible"] },
    {
      granted: { AWS: "arn:aws:iam::111122223333:role/r" },
      denied: { Principal: { AWS: "111122223333" } },
      removed: ["AWS arn:aws:iam::111122223333:role/r, possible"],
    },
    {
      granted: { CanonicalUser: "x" },
      denied: { Principal: { AWS: "111122223333" } },
      removed: ["CanonicalUser x, possible"],
    },
    {
      granted: { AWS: "444455556666" },
      denied: { NotPrincipal: { AWS: "111122223333" } },
      removed: ["AWS arn:aws:iam::444455556666:root, possible"],
    },
    {
      granted: { AWS: "*" },
      denied: { NotPrincipal: { AWS: "111122223333" } },
      removed: ["AWS *, possible"],
    },
  ])("the Deny $denied removes the grant $granted", ({ granted, denied, removed }) => {
    expect(removedFrom(granted, denied)).toEqual(removed);
  });
});

describe("two policies with many patterns", () => {
  test("are compared service by service, not each pattern with each", () => {
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
