import { describe, expect, test } from "@jest/globals";
import { ACCOUNT, ask, callerOf, OTHER, QUEUE, ROLE, SESSION, USER, verdict, type Asked } from "./asked.ts";

interface Row extends Asked {
  readonly because: string;
  readonly is: string;
}

const FOREIGN = { resource: `arn:aws:sqs:eu-west-1:${OTHER}:q` };
const NARROW = { Action: "s3:*" };
/** Not understood, and it says of itself that it allows. */
const OPAQUE = { Fresh: 1 };
const named = (...principals: readonly string[]): object => ({ Principal: { AWS: principals } });
const when = (condition: object): Pick<Asked, "identity"> => ({ identity: [{ Condition: condition }] });

function textOf(...statements: readonly object[]): string {
  const filled = statements.map((one) => ({ Effect: "Allow", Action: "*", Resource: "*", ...one }));
  return JSON.stringify({ Version: "2012-10-17", Statement: filled });
}

function decides(rows: readonly Row[]): void {
  test.each(rows)("$because: $is", (row) => {
    expect(verdict(ask(row))).toBe(row.is);
  });
}

describe("who has to allow", () => {
  decides([
    {
      because: "of the boundary and a session's policy that both refuse the boundary is told",
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
      because: "a grant by the resource counts only under its condition",
      policy: { ...named(SESSION), Condition: { Bool: { "aws:SecureTransport": "true" } } },
      is: "not allowed by identity",
    },
    {
      because: "a grant by the resource counts only for what it names",
      policy: { ...named(SESSION), Resource: `${QUEUE}2` },
      is: "not allowed by identity",
    },
    {
      because: "who is named as session and as role is named as session",
      policy: named(SESSION, ROLE),
      boundary: NARROW,
      is: "allowed",
    },
    {
      because: "across accounts the role's name is enough",
      ...FOREIGN,
      identity: [{}],
      policy: named(ROLE),
      is: "allowed",
    },
    {
      because: "across accounts so is the account's, for a user",
      ...FOREIGN,
      caller: callerOf(USER),
      identity: [{}],
      policy: named(ACCOUNT),
      is: "allowed",
    },
    {
      because: "a Deny to everybody means everybody",
      identity: [{}],
      policy: { Effect: "Deny", Principal: "*" },
      is: "denied by resource",
    },
    {
      because: "a trust rules over tags of the session too",
      action: "sts:TagSession",
      resource: ROLE,
      identity: [{}],
      trust: { ...named(USER), Action: "sts:*" },
      is: "not allowed by resource",
    },
    {
      because: "a trust of everybody names everybody",
      action: "sts:AssumeRole",
      resource: ROLE,
      trust: { Principal: "*" },
      is: "allowed",
    },
    {
      because: "every way to assume a role needs its trust",
      action: "sts:AssumeRoleWithWebIdentity",
      resource: ROLE,
      identity: [{}],
      is: "not allowed by resource",
    },
    {
      because: "an object whose name reads like a key's ARN is no key",
      action: "s3:GetObject",
      resource: `arn:aws:s3:::b/arn:aws:kms:eu-west-1:${ACCOUNT}:key/k`,
      identity: [{}],
      is: "allowed",
    },
  ]);
});

describe("what is not understood", () => {
  decides([
    {
      because: "beside a statement that is understood it may allow all the same",
      identity: [textOf({ Action: "s3:*" }, OPAQUE)],
      is: "unknown",
    },
    {
      because: "a boundary that is understood refuses all the same",
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
      because: "the first of the policies that may deny",
      asked: { identity: [{}, "{", "["] },
      reason: "identity 1: the document can't be read: it is not JSON",
    },
    {
      because: "the first of the policies that may allow",
      asked: { identity: [OPAQUE, { Fresh: 2 }] },
      reason: 'identity 0: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "the first of its statements",
      asked: { identity: [textOf({ Sid: "a", First: 1 }, { Sid: "b", Second: 1 })] },
      reason: 'identity 0: statement a is not understood: unknown element "First"',
    },
    {
      because: "identity before the boundary",
      asked: { identity: [OPAQUE], boundary: OPAQUE },
      reason: 'identity 0: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "identity before the resource",
      asked: { identity: [OPAQUE], policy: { ...named(SESSION), ...OPAQUE } },
      reason: 'identity 0: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "the resource where identity is silent",
      asked: { policy: { ...named(SESSION), ...OPAQUE } },
      reason: 'resource: a statement is not understood: unknown element "Fresh"',
    },
    {
      because: "a policy that was not read",
      asked: { ...FOREIGN, identity: [{}], policy: "not-read" },
      reason: "the policy of the resource has to allow it too, and was not read",
    },
  ])("is named: $because", ({ asked, reason }) => {
    expect(ask(asked)).toEqual({ kind: "unknown", reason });
  });
});

describe("what decides is named", () => {
  test.each([
    {
      because: "identity, where the resource allows too",
      asked: { identity: [{ Sid: "I" }], policy: { Sid: "R", ...named(SESSION) } },
      sids: ["I"],
    },
    { because: "the resource alone", asked: { policy: { Sid: "R", ...named(SESSION) } }, sids: ["R"] },
    {
      because: "the first statement of a document, in the order of the normal form",
      asked: { identity: [textOf({ Sid: "B", Action: "sqs:*" }, { Sid: "A", Action: "*" })] },
      sids: ["A"],
    },
    {
      because: "the first of the resource's statements, too",
      asked: {
        policy: textOf(
          { Sid: "B", Action: "sqs:*", ...named(SESSION) },
          { Sid: "A", Action: "*", ...named(SESSION) },
        ),
      },
      sids: ["A"],
    },
  ])("when allowed: $because", ({ asked, sids }) => {
    const decision = ask(asked);

    expect(decision.kind === "allowed" && decision.by.map(({ sid }) => sid)).toEqual(sids);
  });

  test("when denied: the first Deny of a document, in the order of the normal form", () => {
    const deny = textOf(
      { Sid: "B", Effect: "Deny", Action: "sqs:*" },
      { Sid: "A", Effect: "Deny", Action: "*" },
    );

    expect(ask({ identity: [{}, deny] })).toMatchObject({ cause: "explicit", by: { sid: "A" } });
  });
});

describe("the nearest statement", () => {
  const fails = (key: string): object => ({ [key]: "1" });

  test.each([
    {
      because: "the first of equals",
      asked: {
        identity: [
          { Sid: "A", Resource: "x" },
          { Sid: "B", Resource: "y" },
        ],
      },
      sid: "A",
    },
    {
      because: "the one that lacks least, wherever it stands",
      asked: {
        identity: [
          { Sid: "A", Condition: { StringEquals: fails("a") } },
          { Sid: "B", Condition: { StringEquals: { ...fails("a"), ...fails("b") } } },
        ],
      },
      sid: "A",
    },
    {
      because: "what holds does not count against it",
      asked: {
        context: { c: "1", d: "1" },
        identity: [
          { Sid: "A", Condition: { StringEquals: { ...fails("a"), ...fails("b") } } },
          { Sid: "B", Condition: { StringEquals: { ...fails("a"), ...fails("c"), ...fails("d") } } },
        ],
      },
      sid: "B",
    },
    {
      because: "another resource is nearer than another principal",
      asked: {
        ...FOREIGN,
        identity: [{}],
        policy: textOf({ Sid: "A", ...named(USER) }, { Sid: "B", ...named(ROLE), Resource: QUEUE }),
      },
      sid: "B",
    },
    {
      because: "of the service's, all of a document are tried",
      asked: {
        identity: [
          textOf(
            { Sid: "A", Action: "sqs:PurgeQueue" },
            { Sid: "B", Action: "sqs:ReceiveMessage", Resource: `${QUEUE}2` },
          ),
        ],
      },
      sid: "A",
    },
  ])("is $sid: $because", ({ asked, sid }) => {
    expect(ask(asked)).toMatchObject({ cause: "implicit", nearest: { statement: { sid } } });
  });

  test("is shown with what fails, and nothing that holds", () => {
    const decision = ask({
      ...FOREIGN,
      context: { c: "1" },
      identity: [{}],
      policy: {
        ...named(ROLE),
        Resource: QUEUE,
        Condition: { StringEquals: { ...fails("a"), ...fails("c") } },
      },
    });
    const failed = decision.kind === "denied" && decision.cause === "implicit" && decision.nearest?.failed;

    expect(failed).toMatchObject([{ kind: "resource" }, { kind: "condition", key: "a" }]);
    expect(failed).toHaveLength(2);
  });

  test("calls a session that has no name so", () => {
    const decision = ask({
      ...FOREIGN,
      caller: callerOf(ROLE),
      identity: [{}],
      policy: named(USER),
    });

    expect(decision).toMatchObject({
      nearest: { failed: [{ found: ["AWS a session without a name", `AWS ${ROLE}`, expect.anything()] }] },
    });
  });
});

describe("a condition", () => {
  decides([
    { because: "Null ignores case", ...when({ Null: { k: "True" } }), is: "allowed" },
    {
      because: "at most is less",
      ...when({ NumericLessThanEquals: { k: "5" } }),
      context: { k: "3" },
      is: "allowed",
    },
    {
      because: "or as much",
      ...when({ NumericLessThanEquals: { k: "5" } }),
      context: { k: "5" },
      is: "allowed",
    },
    {
      because: "at least is more",
      ...when({ NumericGreaterThanEquals: { k: "5" } }),
      context: { k: "7" },
      is: "allowed",
    },
    {
      because: "or as much, too",
      ...when({ NumericGreaterThanEquals: { k: "5" } }),
      context: { k: "5" },
      is: "allowed",
    },
    {
      because: "one number of several is enough",
      ...when({ NumericEquals: { k: ["1", "2"] } }),
      context: { k: "2" },
      is: "allowed",
    },
    {
      because: "a variable is no text that the request could have",
      ...when({ StringLike: { k: "${aws:username}" } }),
      context: { k: "${aws:username}" },
      is: "not allowed by identity",
    },
  ]);
});
