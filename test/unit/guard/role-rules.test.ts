import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { trustsAnyone, trustsOthers } from "../../../src/guard/rules/trust.ts";
import { TRUST_DOCUMENT } from "../../../src/iam/trust.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { CompiledStatement } from "../../../src/model/desired.ts";
import { DEFAULT_QUOTAS } from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import {
  ACCOUNT,
  contextOf,
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
} from "./judged.ts";

const PLAIN = world("  tracing: true");
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

describe("SIZ-001", () => {
  const statement = (bytes: number): CompiledStatement => {
    const base: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::" };
    const padding = bytes - document(base).length;
    const [compiled] = PLAIN.binding.role.inline.statements;
    if (compiled === undefined) throw new Error("no statement");
    return { ...compiled, statement: { ...base, Resource: `arn:aws:s3:::${"b".repeat(padding)}` } };
  };
  const inline = (bytes: number): World => withRole(PLAIN, { inline: { statements: [statement(bytes)] } });
  const attachment = {
    arn: `arn:aws:iam::${ACCOUNT}:policy/x` as Arn,
    policy: PLAIN.binding.key,
    origin: PLAIN.binding.origin,
  };

  const attachments = (count: number) => Array.from({ length: count }, () => attachment);

  test.each([
    { found: inline(8_191), breaks: [], because: "just below four fifths" },
    { found: inline(8_192), breaks: ["SIZ-001 warn"], because: "four fifths" },
    { found: inline(10_240), breaks: ["SIZ-001 warn"], because: "the quota itself fits" },
    { found: inline(10_241), breaks: ["SIZ-001 block"], because: "one character more does not" },
    {
      found: withRole(PLAIN, { attachments: attachments(7) }),
      breaks: [],
      because: "seven policies of ten",
    },
    {
      found: withRole(PLAIN, { attachments: attachments(11) }),
      breaks: ["SIZ-001 block"],
      because: "eleven policies of ten",
    },
    { found: withRole(PLAIN, { name: "r".repeat(64) }), breaks: [], because: "the longest name" },
    { found: withRole(PLAIN, { name: "r".repeat(65) }), breaks: ["SIZ-001 block"], because: "a longer name" },
  ])("$because", ({ found, breaks }) => {
    expect(verdicts(judged(found))).toEqual(breaks);
  });

  test("the account's own quotas count if they are read", () => {
    const live = { ...liveAccount(), quotas: { ...DEFAULT_QUOTAS, attachedPoliciesPerRole: 20 } };

    expect(verdicts(judged(withRole(PLAIN, { attachments: attachments(11) }), { live }))).toEqual([]);
  });

  test("a function's policies are counted by qualifier", () => {
    const many = (count: number): string =>
      Array.from(
        { length: count },
        (_, at) =>
          `    - {sns: {topic: "${"t".repeat(230)}${100 + at}"}, qualifier: live}\n    - sns: {topic: "${"t".repeat(230)}${100 + at}"}`,
      ).join("\n");
    const policies = (count: number) =>
      judged(world(`  invokedBy:\n${many(count)}`)).map(({ severity, why }) => [
        severity,
        why.replace(/\d{4,}/g, "N"),
      ]);

    expect(policies(25)).toEqual([]);
    expect(policies(45)).toEqual([
      ["block", "the policy of live has N characters of N"],
      ["block", "the function's policy has N characters of N"],
    ]);
  });

  test("a ManagedPolicy has a quota of its own", () => {
    const found = world("  managedPolicies: [p]", {
      "teams/orders/p.yaml": policyText(
        "p",
        document({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b" }),
      ),
    });
    const [policy] = [...found.desired.policies.values()].filter(({ name }) => name === "p");
    if (policy === undefined) throw new Error("no policy");
    const sized = (bytes: number) =>
      verdicts(judgeDesired({ ...policy, document: { statements: [statement(bytes)] } }, contextOf(found)));

    expect(sized(4_000)).toEqual([]);
    expect(sized(6_145)).toEqual(["SIZ-001 block"]);
    expect(
      verdicts(
        judgeDesired(
          { ...policy, document: { statements: [statement(6_145)] } },
          contextOf(found, { live: liveAccount() }),
        ),
      ),
    ).toEqual(["SIZ-001 block"]);
  });
});

describe("EXP-100", () => {
  const until = (instant: string): World =>
    world(`  grants:\n    - sqs: {queue: orders, allow: [send]}\n      until: ${instant}`);
  const changed = (change: (statement: CompiledStatement) => CompiledStatement): World => {
    const found = until("2027-01-01T00:00:00Z");
    return withRole(found, {
      inline: {
        statements: found.binding.role.inline.statements.map((each) =>
          each.until === null ? each : change(each),
        ),
      },
    });
  };
  const condition = (statement: CompiledStatement, block: Statement["Condition"] & {}) => ({
    ...statement,
    statement: { ...statement.statement, Condition: block },
  });

  test.each<{ found: World; breaks: readonly string[]; because: string }>([
    { found: until("2027-01-01T00:00:00Z"), breaks: [], because: "access that ends later" },
    { found: until("2027-01-01T01:00:00+01:00"), breaks: [], because: "another zone" },
    { found: until("2026-01-01T00:00:00Z"), breaks: ["EXP-100 warn"], because: "access that has ended" },
    {
      found: until("2026-11-25T12:00:00Z"),
      breaks: ["EXP-100 warn"],
      because: "access that ends this moment",
    },
    {
      found: changed((each) => ({ ...each, until: "2027-01-01T00:00:00" })),
      breaks: ["EXP-100 block"],
      because: "an instant without a zone",
    },
    {
      found: changed((each) => ({ ...each, until: "2027-13-01T00:00:00Z" })),
      breaks: ["EXP-100 block"],
      because: "a month that is none",
    },
    {
      found: changed((each) => ({ ...each, statement: { ...each.statement, Condition: {} } })),
      breaks: ["EXP-100 block"],
      because: "nothing that ends it",
    },
    {
      found: changed((each) =>
        condition(each, { DateLessThan: { "aws:CurrentTime": "2028-01-01T00:00:00Z" } }),
      ),
      breaks: ["EXP-100 block"],
      because: "a condition that ends it later",
    },
    {
      found: changed((each) =>
        condition(each, {
          DateLessThan: { "aws:CurrentTime": ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"] },
        }),
      ),
      breaks: ["EXP-100 block"],
      because: "the later of two ends it",
    },
    {
      found: changed((each) =>
        condition(each, { DateLessThan: { "aws:TokenIssueTime": "2027-01-01T00:00:00Z" } }),
      ),
      breaks: ["EXP-100 block"],
      because: "another time than the request's",
    },
  ])("$because", ({ found, breaks }) => {
    expect(verdicts(judged(found))).toEqual(breaks);
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
    { trust: trusting({ Principal: { AWS: "*" } }), others: 0, anyone: 1, because: "anyone" },
    { trust: trusting({ Principal: "*" }), others: 0, anyone: 1, because: "anyone, in the short form" },
    {
      trust: trusting({ Principal: { AWS: "444455556666" } }),
      others: 0,
      anyone: 1,
      because: "a whole account",
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
