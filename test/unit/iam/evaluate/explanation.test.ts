import { expect, test } from "@jest/globals";
import { evaluate } from "../../../../src/iam/evaluate/evaluate.ts";
import { parseCaller } from "../../../../src/iam/evaluate/caller.ts";
import { attachedPolicy } from "../../../../src/iam/evaluate/policy.ts";
import { accessRequest } from "../../../../src/iam/evaluate/request.ts";
import {
  ACCOUNT,
  ask,
  callerOf,
  QUEUE,
  ROLE,
  roleCaller,
  ROOT,
  SESSION,
  USER,
  type Question,
} from "./question.ts";

/** Sid of the nearest statement and the parts that failed. */
function nearest(question: Question): unknown {
  const decision = ask(question);
  if (decision.kind !== "denied" || decision.cause !== "implicit") return decision;
  if (decision.nearest === null) return null;
  const { statement, failed } = decision.nearest;
  return { sid: statement.sid, failed };
}

test("an allowed request names one statement of each layer that had to allow, with its source", () => {
  const decision = ask({
    identity: [{ Sid: "Send", Action: "sqs:*" }],
    boundary: { Sid: "All" },
    session: {},
  });

  expect(decision).toEqual({
    kind: "allowed",
    by: [
      {
        layer: "identity",
        from: "identity 0",
        sid: "Send",
        origin: null,
        source: { Effect: "Allow", Sid: "Send", Action: "sqs:*", Resource: "*" },
      },
      expect.objectContaining({ layer: "boundary", from: "boundary", sid: "All" }),
      expect.objectContaining({ layer: "session", from: "session", sid: null }),
    ],
  });
});

test("a denied request names the Deny and its origin in Git", () => {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Sid: "No", Effect: "Deny", Action: "*", Resource: "*" },
  });
  const origin = { file: "teams/orders/api.yaml", line: 9, column: 5, path: "spec.statements[0]" };
  const document = {
    from: "inline grantkeeper",
    text,
    origin: (sid: string | null) => (sid === "No" ? origin : null),
  };
  const policy = attachedPolicy(document, { dialect: "identity", partition: "aws", accountId: ACCOUNT });
  const request = accessRequest({ caller: roleCaller, action: "sqs:SendMessage", resource: QUEUE });
  const decision = evaluate(request, {
    identity: [policy],
    boundary: null,
    session: [],
    resource: { kind: "none" },
  });

  expect(decision).toMatchObject({
    kind: "denied",
    cause: "explicit",
    by: { layer: "identity", from: "inline grantkeeper", sid: "No", origin },
  });
});

test("a failed condition is nearer than a failed resource, a failed resource nearer than a failed action", () => {
  const condition = {
    Sid: "C",
    Condition: { StringEquals: { "aws:SourceVpc": ["v1", "v2"] }, Bool: { "aws:SecureTransport": "true" } },
  };
  const resource = { Sid: "R", Resource: `${QUEUE}2` };
  const action = { Sid: "A", Action: "sqs:Receive*" };
  const context = { "aws:SourceVpc": "v3" };

  expect(nearest({ identity: [action, resource, condition], context })).toEqual({
    sid: "C",
    failed: [
      {
        kind: "condition",
        operator: "Bool",
        key: "aws:securetransport",
        wanted: ["true"],
        found: [],
        emptyVariables: [],
      },
      {
        kind: "condition",
        operator: "StringEquals",
        key: "aws:sourcevpc",
        wanted: ["v1", "v2"],
        found: ["v3"],
        emptyVariables: [],
      },
    ],
  });
  expect(nearest({ identity: [action, resource] })).toEqual({
    sid: "R",
    failed: [
      {
        kind: "resource",
        wanted: { negated: false, values: [`${QUEUE}2`] },
        found: QUEUE,
        emptyVariables: [],
      },
    ],
  });
  expect(nearest({ identity: [action] })).toEqual({
    sid: "A",
    failed: [
      { kind: "action", wanted: { negated: false, values: ["sqs:receive*"] }, found: "sqs:SendMessage" },
    ],
  });
});

test("among equal statements the one with the fewest failures is the nearest", () => {
  const two = { Sid: "Two", Condition: { StringEquals: { a: "1", b: "1" } } };
  const one = { Sid: "One", Condition: { StringEquals: { a: "1" } } };

  expect(nearest({ identity: [two, one] })).toMatchObject({ sid: "One" });
});

test("without an Allow for the service there is no nearest statement", () => {
  expect(nearest({ identity: [{ Action: "s3:*" }, { Effect: "Deny", Action: "sqs:Receive*" }] })).toBeNull();
});

test("a failure names the variable that has no value", () => {
  expect(
    nearest({
      identity: [{ Sid: "V", Resource: "arn:aws:sqs:*:*:${aws:PrincipalTag/Team}-${aws:username, 'x'}" }],
    }),
  ).toMatchObject({
    failed: [{ kind: "resource", emptyVariables: ["aws:principaltag/team"] }],
  });
});

test("a failed principal is reported with the caller's names", () => {
  const question: Question = {
    resource: "arn:aws:sqs:eu-west-1:444455556666:q",
    identity: [{}],
    policy: { Sid: "P", Principal: { AWS: USER } },
  };

  expect(nearest(question)).toEqual({
    sid: "P",
    failed: [
      {
        kind: "principal",
        wanted: { negated: false, values: [`AWS ${USER}`] },
        found: [`AWS ${SESSION}`, `AWS ${ROLE}`, `AWS ${ROOT}`],
      },
    ],
  });
});

test("a trust policy has no resource that can fail", () => {
  expect(
    nearest({
      action: "sts:AssumeRole",
      trust: { Sid: "T", Action: "sts:AssumeRole", Principal: { AWS: USER } },
    }),
  ).toMatchObject({
    sid: "T",
    failed: [{ kind: "principal" }],
  });
});

test.each([
  { text: ROLE, found: { kind: "role", accountId: ACCOUNT, roleArn: ROLE, sessionArn: null } },
  {
    text: SESSION,
    found: {
      kind: "role",
      accountId: ACCOUNT,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/orders`,
      sessionArn: SESSION,
    },
  },
  { text: USER, found: { kind: "user", accountId: ACCOUNT, arn: USER } },
  { text: ROOT, found: { kind: "account", accountId: ACCOUNT, arn: ROOT } },
  { text: ACCOUNT, found: { kind: "account", accountId: ACCOUNT, arn: ROOT } },
  { text: "lambda.amazonaws.com", found: { kind: "service", name: "lambda.amazonaws.com" } },
  { text: "anonymous", found: { kind: "anonymous" } },
])("$text is a caller", ({ text, found }) => {
  expect(parseCaller(text)).toEqual({ kind: "ok", value: found });
});

test.each([
  "",
  "orders",
  "arn:aws:iam::1:role/r",
  `arn:aws:iam::${ACCOUNT}:group/g`,
  `arn:aws:iam::${ACCOUNT}:role`,
  `${ROOT}/x`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/orders`,
])("%p is not a caller", (text) => {
  expect(parseCaller(text).kind).toBe("err");
});

test("the caller and the resource imply condition keys, which the request's own context overrides", () => {
  const request = (caller: string, context = {}): unknown =>
    Object.fromEntries(
      accessRequest({ caller: callerOf(caller), action: "sqs:SendMessage", resource: QUEUE, context })
        .context,
    );

  expect(request(SESSION)).toEqual({
    "aws:principalarn": [`arn:aws:iam::${ACCOUNT}:role/orders`],
    "aws:principalaccount": [ACCOUNT],
    "aws:principaltype": ["AssumedRole"],
    "aws:principalisawsservice": ["false"],
    "aws:resourceaccount": [ACCOUNT],
  });
  expect(request(USER)).toMatchObject({ "aws:username": ["ann"], "aws:principaltype": ["User"] });
  expect(request("lambda.amazonaws.com")).toMatchObject({
    "aws:principalisawsservice": ["true"],
    "aws:principalservicename": ["lambda.amazonaws.com"],
  });
  expect(request("anonymous")).toMatchObject({ "aws:principaltype": ["Anonymous"] });
  expect(request(SESSION, { "AWS:PrincipalType": "x", "aws:TagKeys": ["a", "b"] })).toMatchObject({
    "aws:principaltype": ["x"],
    "aws:tagkeys": ["a", "b"],
  });
});

test("if no identity policy comes near, the nearest statement may be in the resource's policy", () => {
  const policy = { Sid: "Send", Principal: { AWS: USER }, Action: "sqs:SendMessage" };
  expect(nearest({ policy })).toEqual({
    sid: "Send",
    failed: [expect.objectContaining({ kind: "principal" })],
  });
});

test("a resource policy that leaves the decision to the account is not named, since it lacks nothing", () => {
  const policy = { Sid: "Own", Principal: { AWS: ROOT }, Action: "sqs:*" };
  expect(nearest({ policy })).toBeNull();
});
