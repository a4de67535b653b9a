import { describe, expect, test } from "@jest/globals";
import { answerOf } from "../../../src/explain/why/answer.ts";
import { requestOf } from "../../../src/explain/why/question.ts";
import {
  declaredStatements,
  declaredPolicies,
  livePolicies,
  type RolePolicies,
} from "../../../src/explain/why/role-policies.ts";
import { attachedPolicy } from "../../../src/iam/evaluate/policy.ts";
import type { ResourcePolicy } from "../../../src/iam/evaluate/evaluate.ts";
import type { AccessAnswer } from "../../../src/model/answers/why.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import {
  ACCOUNT_ID,
  allow,
  attachment,
  awsAttachment,
  binding,
  BOUNDARY,
  compiled,
  deny,
  desiredOf,
  documentOf,
  NOW_MS,
  ORDERS_READ,
  policy,
} from "../../support/pass/bindings.ts";
import { accountWith, emptyAccount, liveRoleOf } from "../../support/pass/live-state.ts";
import { actionDataOf } from "../../support/policies/action-data.ts";

const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT_ID}:table/orders`;
const DATA = actionDataOf({ "dynamodb:GetItem": { arns: ["arn:aws:dynamodb:*:*:table/*"] } });
const LIMIT = policy(compiled(allow("dynamodb:*")), { use: "boundary", arn: BOUNDARY });

function ask(policies: RolePolicies, of = binding(), context = {}): AccessAnswer {
  const question = { binding: of, action: "dynamodb:GetItem", resource: TABLE, context };
  return answerOf(policies, requestOf(question, of.role, NOW_MS), DATA);
}

const textOf = (answer: AccessAnswer): string =>
  answer.kind === "unknown" ? `unknown: ${answer.reason}` : answer.kind;

describe("by Git, a request is", () => {
  const reading = { fileName: (path: string) => `here/${path}`, awsText: () => undefined };
  const askGit = (of: DesiredBinding, policies: readonly DesiredPolicy[]) =>
    ask(declaredPolicies(of, desiredOf([of], policies), reading), of);

  test.each<{
    readonly because: string;
    readonly of: DesiredBinding;
    readonly policies?: readonly DesiredPolicy[];
    readonly answer: string;
  }>([
    { because: "allowed within the boundary", of: binding(), policies: [LIMIT], answer: "allowed" },
    { because: "allowed without a boundary", of: binding({ boundary: null }), answer: "allowed" },
    {
      because: "unknown if no valid manifest declares the boundary",
      of: binding(),
      answer: `unknown: inline grantkeeper allows it, if the boundary allows it; ${BOUNDARY}: no valid manifest declares it`,
    },
    {
      because: "unknown if an attached policy without a valid manifest may allow it",
      of: binding({ boundary: null, inline: compiled(), attachments: [attachment("lost")] }),
      answer: `unknown: no known policy allows it; ${attachment("lost").arn} may: no valid manifest declares it`,
    },
    {
      because: "unknown if an AWS-managed policy in no manifest may deny it",
      of: binding({ boundary: null, attachments: [awsAttachment("Strange")] }),
      answer:
        "unknown: inline grantkeeper allows it, unless a policy of the role denies it; arn:aws:iam::aws:policy/Strange: an AWS-managed policy; its document is in no manifest",
    },
    {
      because: "denied if no policy allows it",
      of: binding({ boundary: null, inline: compiled() }),
      answer: "denied",
    },
    {
      because: "denied if the boundary does not allow it",
      of: binding(),
      policies: [{ ...LIMIT, document: compiled(allow("s3:*")) }],
      answer: "denied",
    },
    {
      because: "denied if a Deny matches, even if a policy was not read",
      of: binding({ inline: compiled(ORDERS_READ, deny("dynamodb:*")) }),
      answer: "denied",
    },
  ])("$because", ({ of, policies = [], answer }) => {
    expect(textOf(askGit(of, policies))).toBe(answer);
  });

  test("allowed by the document of an AWS-managed policy, which has no place in Git", () => {
    const of = binding({ boundary: null, inline: compiled(), attachments: [awsAttachment("Known")] });
    const text = documentOf(allow("dynamodb:GetItem"));
    const policies = declaredPolicies(of, desiredOf([of]), { ...reading, awsText: () => text });

    expect(ask(policies, of)).toMatchObject({
      kind: "allowed",
      by: [{ from: awsAttachment("Known").arn, origin: null }],
    });
  });

  test.each([
    {
      context: {},
      answer: {
        kind: "unknown",
        reason: expect.stringContaining("add what the request contains: --context aws:requestedregion=…"),
      },
      because: "a condition needs a key that the question does not have",
    },
    {
      context: { "aws:RequestedRegion": "us-east-1" },
      answer: { kind: "denied" },
      because: "the given value is another",
    },
    {
      context: { "aws:RequestedRegion": "eu-west-1" },
      answer: { kind: "allowed" },
      because: "the given value is the one",
    },
  ])("$answer.kind if $because", ({ context, answer }) => {
    const Condition = { StringEquals: { "aws:RequestedRegion": "eu-west-1" } };
    const of = binding({ boundary: null, inline: compiled({ ...ORDERS_READ, Condition }) });
    const policies = declaredPolicies(of, desiredOf([of]), reading);

    expect(ask(policies, of, context)).toMatchObject(answer);
  });

  test("unknown if it contains a character that no policy can be compared with", () => {
    const of = binding({ boundary: null });
    const answer = ask(declaredPolicies(of, desiredOf([of]), reading), of, { "aws:username": "\uE000" });

    expect(textOf(answer)).toContain("unknown: the request contains a character for private use");
  });
});

test("the place of a declared statement is a path that the reader of the answer can open", () => {
  const of = binding({ boundary: null, inline: compiled({ Sid: "Read", ...ORDERS_READ }) });
  const reading = { fileName: (path: string) => `here/${path}`, awsText: () => undefined };

  expect(ask(declaredPolicies(of, desiredOf([of]), reading), of)).toMatchObject({
    by: [{ sid: "Read", origin: { file: "here/teams/orders/orders-api.yaml", line: 10 } }],
  });
});

describe("by AWS, a request is", () => {
  const HOTFIX = "arn:aws:iam::111122223333:policy/hotfix" as Arn;
  const askAws = (role: Partial<LiveRole>, account = emptyAccount()): AccessAnswer => {
    const of = binding();
    return ask(
      livePolicies(
        { role: liveRoleOf(of, role), account, at: of },
        declaredStatements(of, (path) => path),
      ),
      of,
    );
  };

  test.each<{ readonly because: string; readonly role: Partial<LiveRole>; readonly answer: string }>([
    { because: "allowed as declared", role: {}, answer: "allowed" },
    { because: "allowed without a boundary", role: { boundary: null }, answer: "allowed" },
    { because: "denied if nothing allows it", role: { inline: [] }, answer: "denied" },
    {
      because: "unknown if the boundary was not read",
      role: { boundary: HOTFIX },
      answer: `unknown: inline grantkeeper allows it, if the boundary allows it; ${HOTFIX}: it was not read`,
    },
    {
      because: "unknown if an unread policy may deny it",
      role: { attachments: [HOTFIX] },
      answer: `unknown: inline grantkeeper allows it, unless a policy of the role denies it; ${HOTFIX}: it was not read`,
    },
    {
      because: "unknown if an unread policy may allow it",
      role: { inline: [], attachments: [HOTFIX] },
      answer: `unknown: no known policy allows it; ${HOTFIX} may: it was not read`,
    },
  ])("$because", ({ role, answer }) => {
    expect(textOf(askAws(role))).toBe(answer);
  });

  test("allowed by an inline policy that was added in AWS, which has no place in Git", () => {
    const text = documentOf(allow("dynamodb:GetItem"));

    expect(askAws({ inline: [{ name: "hotfix", text }] })).toMatchObject({
      kind: "allowed",
      by: [{ from: "inline hotfix", origin: null }, { layer: "boundary" }],
    });
  });

  test("unknown, by the name of that policy, if the boundary was not read", () => {
    const inline = [{ name: "hotfix", text: documentOf(allow("dynamodb:GetItem")) }];

    expect(textOf(askAws({ inline, boundary: HOTFIX }))).toContain("unknown: inline hotfix allows it, if");
  });
});

describe("with the policy of the resource, a request is", () => {
  const resourcePolicy = (statement: Statement): ResourcePolicy => ({
    kind: "policy",
    policy: attachedPolicy(
      { from: "policy of the table", text: documentOf(statement) },
      { dialect: "resource", partition: "aws", accountId: ACCOUNT_ID },
    ),
  });
  const everyone = { Principal: { AWS: "*" }, Action: "dynamodb:*", Resource: "*" };

  test.each<{
    readonly because: string;
    readonly inline?: readonly Statement[];
    readonly attachments?: DesiredBinding["role"]["attachments"];
    readonly resource: ResourcePolicy;
    readonly answer: string;
  }>([
    {
      because: "allowed by the role's policies alone",
      inline: [ORDERS_READ],
      resource: { kind: "none" },
      answer: "allowed",
    },
    { because: "denied if neither allows it", resource: { kind: "none" }, answer: "denied" },
    {
      because: "denied if the resource denies what the role allows",
      inline: [ORDERS_READ],
      resource: resourcePolicy({ Effect: "Deny", ...everyone }),
      answer: "denied",
    },
    {
      because: "unknown if an unread policy of the role may deny what the resource allows",
      attachments: [awsAttachment("Strange")],
      resource: resourcePolicy({ Effect: "Allow", ...everyone }),
      answer:
        "unknown: policy of the table allows it, unless a policy of the role denies it; arn:aws:iam::aws:policy/Strange: an AWS-managed policy; its document is in no manifest",
    },
  ])("$because", ({ inline = [], attachments = [], resource, answer }) => {
    const of = binding({ boundary: null, inline: compiled(...inline), attachments });
    const reading = { fileName: (path: string) => path, awsText: () => undefined };
    const policies = { ...declaredPolicies(of, desiredOf([of]), reading), resource };

    expect(textOf(ask(policies, of))).toBe(answer);
  });
});

test("an empty role in AWS allows nothing, and nothing is near", () => {
  const of = binding({ inline: compiled(), boundary: null });
  const role = liveRoleOf(of, { boundary: null });

  expect(
    ask(
      livePolicies(
        { role, account: accountWith({ role }), at: of },
        declaredStatements(of, (path) => path),
      ),
      of,
    ),
  ).toEqual({
    kind: "denied",
    cause: "implicit",
    layer: "identity",
    nearest: null,
  });
});
