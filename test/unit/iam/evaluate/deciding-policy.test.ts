import { describe, expect, test } from "@jest/globals";
import { decides, FOREIGN, NARROW } from "./decides.ts";
import { ACCOUNT, ask, callerOf, QUEUE, ROLE, SESSION, USER, type Question } from "./question.ts";
import { textOf } from "./text-of.ts";

/** A statement that is not understood, although its Effect is Allow. */
const OPAQUE = { Fresh: 1 };
const named = (...principals: readonly string[]): object => ({ Principal: { AWS: principals } });
const when = (condition: object): Pick<Question, "identity"> => ({ identity: [{ Condition: condition }] });

describe("the policy that has to allow", () => {
  decides([
    {
      because: "the boundary is named if the boundary and a session's policy both refuse",
      identity: [{}],
      boundary: NARROW,
      session: NARROW,
      is: "not allowed by boundary",
    },
    {
      because: "a session's policy can deny",
      identity: [{}],
      session: { Effect: "Deny" },
      is: "denied by session",
    },
    {
      because: "a grant by the resource counts only if its condition holds",
      policy: { ...named(SESSION), Condition: { Bool: { "aws:SecureTransport": "true" } } },
      is: "not allowed by identity",
    },
    {
      because: "a grant by the resource counts only for the resource that it names",
      policy: { ...named(SESSION), Resource: `${QUEUE}2` },
      is: "not allowed by identity",
    },
    {
      because: "a caller who is named by session and by role counts as named by session",
      policy: named(SESSION, ROLE),
      boundary: NARROW,
      is: "allowed",
    },
    {
      because: "the name of the role is enough across accounts",
      ...FOREIGN,
      identity: [{}],
      policy: named(ROLE),
      is: "allowed",
    },
    {
      because: "the account is enough across accounts for a user",
      ...FOREIGN,
      caller: callerOf(USER),
      identity: [{}],
      policy: named(ACCOUNT),
      is: "allowed",
    },
    {
      because: "a Deny to all principals includes every caller",
      identity: [{}],
      policy: { Effect: "Deny", Principal: "*" },
      is: "denied by resource",
    },
    {
      because: "a trust policy also decides who may tag the session",
      action: "sts:TagSession",
      resource: ROLE,
      identity: [{}],
      trust: { ...named(USER), Action: "sts:*" },
      is: "not allowed by resource",
    },
    {
      because: "a trust policy of all principals includes every caller",
      action: "sts:AssumeRole",
      resource: ROLE,
      trust: { Principal: "*" },
      is: "allowed",
    },
    {
      because: "every action that assumes a role needs the trust policy",
      action: "sts:AssumeRoleWithWebIdentity",
      resource: ROLE,
      identity: [{}],
      is: "not allowed by resource",
    },
    {
      because: "an object whose name looks like a key's ARN is no key",
      action: "s3:GetObject",
      resource: `arn:aws:s3:::b/arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`,
      identity: [{}],
      is: "allowed",
    },
  ]);
});

describe("a statement that is not understood", () => {
  decides([
    {
      because: "it may allow, although another statement of the document is understood",
      identity: [textOf({ Action: "s3:*" }, OPAQUE)],
      is: "unknown",
    },
    {
      because: "a boundary that is understood refuses anyway",
      identity: [OPAQUE],
      boundary: NARROW,
      is: "not allowed by boundary",
    },
    {
      because: "a grant that is understood is enough",
      identity: [OPAQUE],
      policy: named(SESSION),
      is: "allowed",
    },
  ]);

  test.each([
    {
      because: "the first policy that may deny",
      question: { identity: [{}, "{", "["] },
      reason: "identity 1: the document can't be read: it is not JSON",
    },
    {
      because: "the first policy that may allow",
      question: { identity: [OPAQUE, { Fresh: 2 }] },
      reason: 'identity 0: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "the first statement of the document",
      question: { identity: [textOf({ Sid: "a", First: 1 }, { Sid: "b", Second: 1 })] },
      reason: 'identity 0: statement a is not understood: unknown element "First"',
    },
    {
      because: "an identity policy before the boundary",
      question: { identity: [OPAQUE], boundary: OPAQUE },
      reason: 'identity 0: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "an identity policy before the resource's",
      question: { identity: [OPAQUE], policy: { ...named(SESSION), ...OPAQUE } },
      reason: 'identity 0: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "the resource's policy if no identity policy is in doubt",
      question: { policy: { ...named(SESSION), ...OPAQUE } },
      reason: 'resource: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "the policy that was not read",
      question: { ...FOREIGN, identity: [{}], policy: "not-read" },
      reason: "the policy of the resource has to allow it too, and was not read",
    },
  ])("the reason for the doubt names $because", ({ question, reason }) => {
    expect(ask(question)).toEqual({ kind: "unknown", reason });
  });
});

describe("the statement that decides", () => {
  test.each([
    {
      because: "the identity policy, even if the resource's policy allows too",
      question: { identity: [{ Sid: "I" }], policy: { Sid: "R", ...named(SESSION) } },
      sids: ["I"],
    },
    {
      because: "the resource's policy if it alone allows",
      question: { policy: { Sid: "R", ...named(SESSION) } },
      sids: ["R"],
    },
    {
      because: "the first statement of a document in the order of the normal form",
      question: { identity: [textOf({ Sid: "B", Action: "sqs:*" }, { Sid: "A", Action: "*" })] },
      sids: ["A"],
    },
    {
      because: "the first statement of the resource's policy",
      question: {
        policy: textOf(
          { Sid: "B", Action: "sqs:*", ...named(SESSION) },
          { Sid: "A", Action: "*", ...named(SESSION) },
        ),
      },
      sids: ["A"],
    },
  ])("of an allowed request is $because", ({ question, sids }) => {
    const decision = ask(question);

    expect(decision.kind === "allowed" && decision.by.map(({ sid }) => sid)).toEqual(sids);
  });

  test("of a denied request is the first Deny of a document in the order of the normal form", () => {
    const deny = textOf(
      { Sid: "B", Effect: "Deny", Action: "sqs:*" },
      { Sid: "A", Effect: "Deny", Action: "*" },
    );

    expect(ask({ identity: [{}, deny] })).toMatchObject({ cause: "explicit", by: { sid: "A" } });
  });
});

describe("the evaluation of a condition", () => {
  decides([
    { because: "Null ignores the case of its value", ...when({ Null: { k: "True" } }), is: "allowed" },
    {
      because: "NumericLessThanEquals holds for less",
      ...when({ NumericLessThanEquals: { k: "5" } }),
      context: { k: "3" },
      is: "allowed",
    },
    {
      because: "NumericLessThanEquals holds for the same number",
      ...when({ NumericLessThanEquals: { k: "5" } }),
      context: { k: "5" },
      is: "allowed",
    },
    {
      because: "NumericGreaterThanEquals holds for more",
      ...when({ NumericGreaterThanEquals: { k: "5" } }),
      context: { k: "7" },
      is: "allowed",
    },
    {
      because: "NumericGreaterThanEquals holds for the same number",
      ...when({ NumericGreaterThanEquals: { k: "5" } }),
      context: { k: "5" },
      is: "allowed",
    },
    {
      because: "one matching number of several is enough",
      ...when({ NumericEquals: { k: ["1", "2"] } }),
      context: { k: "2" },
      is: "allowed",
    },
    {
      because: "a variable does not match its own spelling in the request",
      ...when({ StringLike: { k: "${aws:username}" } }),
      context: { k: "${aws:username}" },
      is: "not allowed by identity",
    },
  ]);
});
