import { describe, expect, test } from "@jest/globals";
import { trustsAnyone, trustsOthers } from "../../../src/guard/rules/roles/trust.ts";
import { TRUST_DOCUMENT } from "../../../src/iam/trust.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import {
  ACCOUNT,
  document,
  judged,
  liveAccount,
  liveFunction,
  liveRole,
  policyText,
  verdicts,
  withRole,
  world,
  type World,
  PLAIN,
} from "./judged.ts";

const ROLE = "orders-api-eu-west-1";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${ROLE}`;

describe("BND-001", () => {
  const observing = { ...PLAIN, binding: { ...PLAIN.binding, mode: "observe" as const } };
  const other = {
    arn: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper-boundary/other` as Arn,
    origin: PLAIN.binding.origin,
  };

  test.each<{ found: World; breaks: readonly string[]; because: string }>([
    { found: PLAIN, breaks: [], because: "the account's own boundary" },
    { found: withRole(PLAIN, { boundary: null }), breaks: ["BND-001 block"], because: "none" },
    {
      found: withRole(observing, { boundary: null }),
      breaks: ["BND-001 warn"],
      because: "none, in an account that is only observed",
    },
    {
      found: withRole(PLAIN, { boundary: other }),
      breaks: ["BND-001 block"],
      because: "one that the account does not list",
    },
    {
      found: withRole(observing, { boundary: other }),
      breaks: ["BND-001 block"],
      because: "an unlisted one is wrong everywhere",
    },
  ])("$because", ({ found, breaks }) => {
    expect(verdicts(judged(found))).toEqual(breaks);
  });
});

describe("SHR-001 and SHR-002", () => {
  const own = liveFunction("orders-api", {
    roleArn: ROLE_ARN,
    versions: { kind: "present", value: [{ version: "1", roleArn: ROLE_ARN }] },
  });
  const published = liveFunction("other", {
    versions: { kind: "present", value: [{ version: "3", roleArn: ROLE_ARN }] },
  });
  const unread = liveFunction("other", { versions: { kind: "unknown", reason: "not requested" } });

  test.each([
    { live: liveAccount({ functions: [own] }), breaks: [], because: "the function itself" },
    {
      live: liveAccount({ functions: [own, liveFunction("other")] }),
      breaks: [],
      because: "another function on another role",
    },
    {
      live: liveAccount({ functions: [own, liveFunction("other", { roleArn: ROLE_ARN })] }),
      breaks: ["SHR-001 block"],
      because: "another function on the role",
    },
    {
      live: liveAccount({ functions: [own, published] }),
      breaks: ["SHR-001 block"],
      because: "a published version of another function",
    },
    { live: liveAccount({ functions: [own, unread] }), breaks: [], because: "versions that were not read" },
    { live: liveAccount({ roles: [liveRole(ROLE)] }), breaks: [], because: "a role without instances" },
    {
      live: liveAccount({ roles: [liveRole(ROLE, { instanceProfiles: ["web", "batch"] })] }),
      breaks: ["SHR-002 block"],
      because: "a role in instance profiles",
    },
    { live: null, breaks: [], because: "offline" },
  ])("$because", ({ live, breaks }) => {
    expect(verdicts(judged(PLAIN, { live }))).toEqual(breaks);
  });

  test("the message names the other users of the role", () => {
    const functions = ["d", "a", "c", "b"].map((name) => liveFunction(name, { roleArn: ROLE_ARN }));
    const whys = (names: number) =>
      judged(PLAIN, { live: liveAccount({ functions: functions.slice(0, names) }) }).map(({ why }) => why);

    expect(whys(4)[0]).toMatch(
      /:function:a, .*:function:c and 1 more run on the role orders-api-eu-west-1 too$/,
    );
    expect(whys(1)[0]).toMatch(/:function:d runs on the role/);
  });
});

describe("TAG-001", () => {
  const tagged = (key: string): World =>
    withRole(PLAIN, { tags: [...PLAIN.binding.role.tags, { key, value: "4711" }] });
  const reading = (element: Partial<Statement>): string =>
    document({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", ...element });
  const byKey = { Condition: { StringEquals: { "AWS:principaltag/Cost-Center": "4711" } } };

  test.each([
    { found: PLAIN, live: null, breaks: [], because: "the ownership tags are Grantkeeper's own" },
    { found: tagged("cost-center"), live: null, breaks: [], because: "a key that the account lists" },
    { found: tagged("Cost-Center"), live: null, breaks: [], because: "IAM ignores the case of tag keys" },
    {
      found: tagged("team"),
      live: null,
      breaks: ["TAG-001 block"],
      because: "a key that the account does not list",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({ policies: { a: reading({}) } }),
      breaks: [],
      because: "a policy that reads no tags",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({ policies: { a: reading(byKey) } }),
      breaks: ["TAG-001 block"],
      because: "a policy that decides by it",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({ awsManaged: { a: reading(byKey) } }),
      breaks: ["TAG-001 block"],
      because: "an AWS-managed policy that decides by it",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({
        roles: [
          liveRole("other", {
            inline: [
              {
                name: "i",
                text: reading({ Resource: "arn:aws:s3:::b/${aws:PrincipalTag/cost-center, 'none'}/*" }),
              },
            ],
          }),
        ],
      }),
      breaks: ["TAG-001 block"],
      because: "a variable with a default in some role's inline policy",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({
        roles: [liveRole("other", { trust: reading(byKey).replace("principaltag/", "principaltag\\u002f") })],
      }),
      breaks: ["TAG-001 block"],
      because: "an escaped spelling in a trust policy",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({ policies: { a: '"aws:PrincipalTag/cost-center"' } }),
      breaks: ["TAG-001 block"],
      because: "a text that is not a document is searched as plain text",
    },
    {
      found: tagged("cost-center"),
      live: liveAccount({
        policies: { a: reading({ Condition: { StringEquals: { "aws:PrincipalTag/cost-centers": "1" } } }) },
      }),
      breaks: [],
      because: "a policy that reads another key",
    },
  ])("$because", ({ found, live, breaks }) => {
    expect(verdicts(judged(found, { live }))).toEqual(breaks);
  });

  test("a document in Git that reads the tag counts too", () => {
    const policy = policyText(
      "by-tag",
      reading({ Resource: "arn:aws:s3:::b/${aws:PrincipalTag/cost-center}/*" }),
    );
    const found = world('  role: {tags: {cost-center: "4711"}}\n  managedPolicies: [by-tag]', {
      "teams/orders/p.yaml": policy,
    });

    expect(verdicts(judged(found))).toEqual(["TAG-001 block"]);
  });

  test("unread and absent policies read no tag", () => {
    const live = liveAccount();
    const gaps = { ...live, roles: new Map([["x", { kind: "unknown" as const, reason: "denied" }]]) };

    expect(judged(tagged("cost-center"), { live: gaps })).toEqual([]);
  });
});

describe("TRU-001 and TRU-002", () => {
  const trusting = (element: object): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...element }],
    });
  const LAMBDA = "lambda.amazonaws.com";

  test.each([
    { trust: TRUST_DOCUMENT, others: 0, anyone: 0, because: "Lambda alone" },
    {
      trust: trusting({ Principal: { Service: [LAMBDA, "ec2.amazonaws.com"] } }),
      others: 1,
      anyone: 0,
      because: "another service",
    },
    {
      trust: trusting({ Principal: { AWS: "arn:aws:iam::444455556666:role/a" } }),
      others: 1,
      anyone: 0,
      because: "a role elsewhere",
    },
    {
      trust: trusting({
        Principal: { Service: "ec2.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      }),
      others: 1,
      anyone: 0,
      because: "another service with two actions",
    },
    { trust: trusting({ Principal: { AWS: "*" } }), others: 0, anyone: 1, because: "anyone" },
    { trust: trusting({ Principal: "*" }), others: 0, anyone: 1, because: "anyone, in the short form" },
    {
      trust: trusting({ Principal: { AWS: "444455556666" } }),
      others: 0,
      anyone: 1,
      because: "an entire account",
    },
    {
      trust: trusting({ NotPrincipal: { Service: LAMBDA } }),
      others: 0,
      anyone: 1,
      because: "anyone but Lambda",
    },
    {
      trust: trusting({ Principal: { Service: "ec2.amazonaws.com" }, Effect: "Deny" }),
      others: 0,
      anyone: 0,
      because: "a Deny",
    },
    {
      trust: trusting({ Principal: { Service: LAMBDA }, Resource: "*" }),
      others: 1,
      anyone: 0,
      because: "a statement that is not understood",
    },
    { trust: "not JSON", others: 1, anyone: 0, because: "a text that is no document" },
  ])("$because", ({ trust, others, anyone }) => {
    expect(trustsOthers(PLAIN.binding, trust)).toHaveLength(others);
    expect(trustsAnyone(PLAIN.binding, trust)).toHaveLength(anyone);
  });
});
