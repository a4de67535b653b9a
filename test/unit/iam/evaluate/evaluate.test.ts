import { describe, expect, test } from "@jest/globals";
import {
  ACCOUNT,
  ask,
  callerOf,
  OTHER,
  QUEUE,
  ROLE,
  ROOT,
  SESSION,
  USER,
  verdict,
  type Asked,
} from "./asked.ts";

interface Row extends Asked {
  readonly because: string;
  readonly is: string;
}

const user = callerOf(USER);
const root = callerOf(ACCOUNT);
const lambda = callerOf("lambda.amazonaws.com");
const anonymous = callerOf("anonymous");
const federated = callerOf(`arn:aws:sts::${ACCOUNT}:federated-user/bob`);
const nameless = callerOf(ROLE);
const FOREIGN = { resource: `arn:aws:sqs:eu-west-1:${OTHER}:q` };
const NARROW = { Action: "s3:*" };
const named = (principal: string): object => ({ Principal: { AWS: principal } });

function decides(rows: readonly Row[]): void {
  test.each(rows)("$because: $is", (row) => {
    expect(verdict(ask(row))).toBe(row.is);
  });
}

describe("inside one account", () => {
  decides([
    { because: "nothing speaks of it", is: "not allowed by identity" },
    { because: "an identity policy allows", identity: [NARROW, {}], is: "allowed" },
    { because: "a Deny beside it wins", identity: [{}, { Effect: "Deny" }], is: "denied by identity" },
    {
      because: "the boundary allows something else",
      identity: [{}],
      boundary: NARROW,
      is: "not allowed by boundary",
    },
    { because: "the boundary alone grants nothing", boundary: {}, is: "not allowed by identity" },
    {
      because: "the boundary denies",
      identity: [{}],
      boundary: { Effect: "Deny" },
      is: "denied by boundary",
    },
    {
      because: "the session's policy allows something else",
      identity: [{}],
      session: NARROW,
      is: "not allowed by session",
    },
    { because: "all three allow", identity: [{}], boundary: {}, session: {}, is: "allowed" },
    {
      because: "the resource's policy denies",
      identity: [{}],
      policy: { ...named(ROLE), Effect: "Deny" },
      is: "denied by resource",
    },
    { because: "the resource's policy names the role", policy: named(ROLE), is: "allowed" },
    {
      because: "a grant to the role stays inside the boundary",
      policy: named(ROLE),
      boundary: NARROW,
      is: "not allowed by identity",
    },
    {
      because: "and inside the session's policy",
      policy: named(ROLE),
      session: NARROW,
      is: "not allowed by identity",
    },
    {
      because: "a grant to the session does not",
      policy: named(SESSION),
      boundary: NARROW,
      session: NARROW,
      is: "allowed",
    },
    { because: "a grant to everybody does not", policy: { Principal: "*" }, boundary: NARROW, is: "allowed" },
    {
      because: "a grant to the user does not",
      caller: user,
      policy: named(USER),
      boundary: NARROW,
      is: "allowed",
    },
    {
      because: "a grant to a federated user does not",
      caller: federated,
      policy: named(`arn:aws:sts::${ACCOUNT}:federated-user/bob`),
      session: NARROW,
      is: "allowed",
    },
    {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html
      because: "a federated user without a session policy has nothing of identity policies",
      caller: federated,
      identity: [{}],
      is: "not allowed by session",
    },
    {
      because: "with one it has what both allow",
      caller: federated,
      identity: [{}],
      session: {},
      is: "allowed",
    },
    {
      because: "a grant to the account leaves it to identity policies",
      policy: named(ACCOUNT),
      is: "not allowed by identity",
    },
    { because: "which may allow", policy: named(ACCOUNT), identity: [{}], is: "allowed" },
    { because: "the policy names somebody else", policy: named(USER), is: "not allowed by identity" },
    { because: "a session of another name", policy: named(`${SESSION}x`), is: "not allowed by identity" },
    {
      because: "a deleted principal is nobody",
      policy: named("AROAEXAMPLEEXAMPLE"),
      is: "not allowed by identity",
    },
    { because: "the account's root needs no policy", caller: root, is: "allowed" },
    {
      because: "but can be denied",
      caller: root,
      policy: { ...named(ROOT), Effect: "Deny" },
      is: "denied by resource",
    },
    {
      because: "the resource's policy was not read, and need not allow",
      identity: [{}],
      policy: "not-read",
      is: "allowed",
    },
    {
      because: "a bucket's account is taken to be the caller's",
      resource: "arn:aws:s3:::b",
      action: "s3:ListBucket",
      identity: [{}],
      is: "allowed",
    },
  ]);
});

describe("across accounts", () => {
  decides([
    { because: "identity alone is not enough", ...FOREIGN, identity: [{}], is: "not allowed by resource" },
    {
      because: "the resource alone is not enough",
      ...FOREIGN,
      policy: named(SESSION),
      is: "not allowed by identity",
    },
    { because: "both allow", ...FOREIGN, identity: [{}], policy: named(ACCOUNT), is: "allowed" },
    {
      because: "the boundary counts",
      ...FOREIGN,
      identity: [{}],
      boundary: NARROW,
      policy: named(SESSION),
      is: "not allowed by boundary",
    },
    {
      because: "the resource's policy was not read",
      ...FOREIGN,
      identity: [{}],
      policy: "not-read",
      is: "unknown",
    },
    {
      because: "nobody need read it where identity does not allow",
      ...FOREIGN,
      policy: "not-read",
      is: "not allowed by identity",
    },
    {
      because: "the owner of a bucket is told",
      resource: "arn:aws:s3:::b",
      resourceAccount: OTHER,
      identity: [{}],
      is: "not allowed by resource",
    },
    {
      because: "another account's root is named",
      ...FOREIGN,
      caller: root,
      policy: named(ROOT),
      is: "allowed",
    },
  ]);
});

describe("who has no identity policies", () => {
  const service = { Principal: { Service: "lambda.amazonaws.com" } };
  decides([
    { because: "a service is named", caller: lambda, policy: service, is: "allowed" },
    {
      because: "another service is",
      caller: callerOf("events.amazonaws.com"),
      policy: service,
      is: "not allowed by resource",
    },
    { because: "everybody is", caller: lambda, policy: { Principal: "*" }, is: "allowed" },
    { because: "a service without a policy of the resource", caller: lambda, is: "not allowed by resource" },
    { because: "a policy that was not read", caller: lambda, policy: "not-read", is: "unknown" },
    {
      because: "everybody includes who did not sign in",
      caller: anonymous,
      policy: { Principal: { AWS: "*" } },
      is: "allowed",
    },
    {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount
      because: "whose account is called anonymous",
      caller: anonymous,
      policy: { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "anonymous" } } },
      is: "allowed",
    },
    {
      because: "an account does not",
      caller: anonymous,
      policy: named(ACCOUNT),
      is: "not allowed by resource",
    },
    {
      because: "a provider's user",
      caller: { kind: "federated", provider: "cognito-identity.amazonaws.com" },
      action: "sts:AssumeRoleWithWebIdentity",
      trust: { Principal: { Federated: "cognito-identity.amazonaws.com" } },
      is: "allowed",
    },
  ]);
});

describe("roles and keys", () => {
  const assume = { action: "sts:AssumeRole", resource: `arn:aws:iam::${ACCOUNT}:role/target` };
  const key = { action: "kms:Decrypt", resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k` };
  decides([
    {
      because: "the trust has to name the caller",
      ...assume,
      identity: [{}],
      trust: named(USER),
      is: "not allowed by resource",
    },
    { because: "it names the role", ...assume, trust: named(ROLE), is: "allowed" },
    {
      because: "it names the account, and identity is silent",
      ...assume,
      trust: named(ACCOUNT),
      is: "not allowed by identity",
    },
    {
      because: "it names the account, and identity allows",
      ...assume,
      identity: [{}],
      trust: named(ACCOUNT),
      is: "allowed",
    },
    {
      because: "a service",
      ...assume,
      caller: lambda,
      trust: { Principal: { Service: "lambda.amazonaws.com" } },
      is: "allowed",
    },
    { because: "the trust was not read", ...assume, identity: [{}], policy: "not-read", is: "unknown" },
    { because: "there is no key policy", ...key, identity: [{}], is: "not allowed by resource" },
    {
      because: "the key's policy leaves it to the account",
      ...key,
      identity: [{}],
      policy: named(ACCOUNT),
      is: "allowed",
    },
    {
      // https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
      because: "what KMS has besides keys has no policy",
      action: "kms:ListKeys",
      resource: "*",
      identity: [{}],
      is: "allowed",
    },
    {
      because: "an alias has none",
      action: "kms:CreateAlias",
      resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/a`,
      identity: [{}],
      is: "allowed",
    },
    { because: "the key's policy was not read", ...key, identity: [{}], policy: "not-read", is: "unknown" },
  ]);
});

describe("NotPrincipal", () => {
  const sparing = (...spared: readonly string[]): object => ({
    Effect: "Deny",
    NotPrincipal: { AWS: spared },
  });
  decides([
    {
      because: "a Deny spares who is named by session, role and account",
      identity: [{}],
      policy: sparing(SESSION, ROLE, ROOT),
      is: "allowed",
    },
    {
      because: "not who is named by role alone",
      identity: [{}],
      policy: sparing(ROLE),
      is: "denied by resource",
    },
    {
      because: "nor a session whose name is not known",
      caller: nameless,
      identity: [{}],
      policy: sparing(SESSION, ROLE, ROOT),
      is: "denied by resource",
    },
    {
      because: "nor anybody with a boundary",
      identity: [{}],
      boundary: {},
      policy: sparing(SESSION, ROLE, ROOT),
      is: "denied by resource",
    },
    {
      because: "everybody is spared",
      identity: [{}],
      policy: { Effect: "Deny", NotPrincipal: "*" },
      is: "allowed",
    },
    {
      because: "but for who has a boundary",
      identity: [{}],
      boundary: {},
      policy: { Effect: "Deny", NotPrincipal: "*" },
      is: "denied by resource",
    },
    {
      because: "who did not sign in is not",
      caller: anonymous,
      policy: sparing(ROOT),
      is: "denied by resource",
    },
    { because: "an Allow means all but those", policy: { NotPrincipal: { AWS: USER } }, is: "allowed" },
    {
      because: "and not those",
      caller: user,
      policy: { NotPrincipal: { AWS: USER } },
      is: "not allowed by identity",
    },
    {
      because: "all but everybody is nobody",
      policy: { NotPrincipal: "*" },
      is: "not allowed by identity",
    },
  ]);
});

describe("actions and resources", () => {
  const only = (statement: object): Asked => ({ identity: [statement] });
  decides([
    { because: "case of an action does not count", ...only({ Action: "SQS:sendmessage" }), is: "allowed" },
    { because: "a wildcard in it", ...only({ Action: "sqs:S?nd*" }), is: "allowed" },
    {
      because: "NotAction names it",
      ...only({ NotAction: ["s3:*", "sqs:Send*"] }),
      is: "not allowed by identity",
    },
    { because: "NotAction names others", ...only({ NotAction: "s3:*" }), is: "allowed" },
    { because: "NotResource names it", ...only({ NotResource: QUEUE }), is: "not allowed by identity" },
    { because: "NotResource names others", ...only({ NotResource: `${QUEUE}2` }), is: "allowed" },
    {
      because: "case of a resource counts",
      ...only({ Resource: QUEUE.replace(":q", ":Q") }),
      is: "not allowed by identity",
    },
    { because: "a short ARN is completed", ...only({ Resource: "arn:aws:sqs" }), is: "allowed" },
    {
      because: "a star that ends a field reaches over colons",
      ...only({ Resource: "arn:aws:logs:*:1:x" }),
      resource: "arn:aws:logs:r:2:y:1:x",
      is: "allowed",
    },
    {
      because: "a star inside a field does not",
      ...only({ Resource: "arn:aws:s*s:eu-*-1:q:q" }),
      resource: "arn:aws:sqs:eu-west:1:x-1:q:q",
      is: "not allowed by identity",
    },
    { because: "it does its work inside", ...only({ Resource: "arn:aws:s*s:eu-*-1:*:q" }), is: "allowed" },
    {
      because: "a question mark is no colon",
      ...only({ Resource: `arn:aws:sqs?eu-west-1:${ACCOUNT}:q:q` }),
      resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q:q`,
      is: "not allowed by identity",
    },
    {
      because: "the last field has colons of its own",
      ...only({ Resource: "arn:aws:logs:*:*:log-group:a*b?c" }),
      resource: "arn:aws:logs:r:1:log-group:a:b:c",
      is: "allowed",
    },
    {
      because: "what takes no resource",
      ...only({}),
      action: "sqs:ListQueues",
      resource: "*",
      is: "allowed",
    },
    {
      because: "no ARN is everything",
      ...only({ Resource: "arn:aws:sqs:*:*:*" }),
      action: "sqs:ListQueues",
      resource: "*",
      is: "not allowed by identity",
    },
    {
      because: "a variable in a resource",
      ...only({ Resource: "arn:aws:s3:::home/${aws:username}/*" }),
      caller: user,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/ann/x",
      is: "allowed",
    },
    {
      because: "a variable of somebody else",
      ...only({ Resource: "arn:aws:s3:::home/${aws:username}/*" }),
      caller: user,
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/bob/x",
      is: "not allowed by identity",
    },
    {
      because: "a variable without a value matches no resource",
      ...only({ Resource: "arn:aws:s3:::home/${aws:username}*" }),
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/",
      is: "not allowed by identity",
    },
    {
      because: "and it is not documented what it excepts",
      ...only({ NotResource: "arn:aws:s3:::home/${aws:username}*" }),
      action: "s3:GetObject",
      resource: "arn:aws:s3:::home/",
      is: "unknown",
    },
    {
      because: "a variable before the fifth colon is none",
      ...only({ Resource: "arn:aws:sqs:*:${aws:PrincipalAccount}:q" }),
      is: "not allowed by identity",
    },
    {
      because: "an open brace is text",
      ...only({ Resource: `${QUEUE}\${` }),
      resource: `${QUEUE}\${`,
      is: "allowed",
    },
    {
      because: "in a document of 2008 a variable is text",
      identity: [
        JSON.stringify({
          Statement: { Effect: "Allow", Action: "*", Resource: "arn:aws:s3:::${aws:username}" },
        }),
      ],
      resource: "arn:aws:s3:::${aws:username}",
      is: "allowed",
    },
    {
      because: "so it is in its conditions",
      identity: [
        JSON.stringify({
          Statement: {
            Effect: "Allow",
            Action: "*",
            Resource: "*",
            Condition: { StringEquals: { "aws:UserAgent": "${aws:username}" } },
          },
        }),
      ],
      context: { "aws:useragent": "${aws:username}" },
      is: "allowed",
    },
  ]);
});

describe("what is not understood", () => {
  const odd = (statement: object): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const strange = { Sid: "odd", Effect: "Allow", Action: "*", Resource: "*", Condition: { Odd: { k: "v" } } };
  decides([
    { because: "an unreadable document may allow", identity: ["{"], is: "unknown" },
    { because: "and may deny", identity: [{}, "{"], is: "unknown" },
    { because: "a Deny beside it is sure", identity: [{ Effect: "Deny" }, "{"], is: "denied by identity" },
    { because: "a boundary that can't be read", identity: [{}], boundary: "{", is: "unknown" },
    {
      because: "it does not matter where identity does not allow",
      boundary: "{",
      is: "not allowed by identity",
    },
    { because: "an Allow that is not understood may allow", identity: [odd(strange)], is: "unknown" },
    { because: "but never deny", identity: [{}, odd(strange)], is: "allowed" },
    {
      because: "a Deny that is not understood may deny",
      identity: [{}, odd({ ...strange, Effect: "Deny" })],
      is: "unknown",
    },
    {
      because: "but never allow",
      identity: [odd({ ...strange, Effect: "Deny" })],
      is: "not allowed by identity",
    },
    { because: "a statement that is none may do both", identity: [odd([]), {}], is: "unknown" },
    {
      because: "a policy of a resource that can't be read",
      ...FOREIGN,
      identity: [{}],
      policy: "{",
      is: "unknown",
    },
  ]);

  test("is named with its reason", () => {
    expect(ask({ identity: [odd(strange)] })).toEqual({
      kind: "unknown",
      reason: 'identity 0: statement odd is not understood: unknown condition operator "Odd"',
    });
    expect(ask({ identity: ["{"] })).toEqual({
      kind: "unknown",
      reason: "identity 0: the document can't be read: it is not JSON",
    });
    expect(ask({ identity: [{}, odd([])] })).toEqual({
      kind: "unknown",
      reason: "identity 1: a statement is not understood: not an object",
    });
  });
});
