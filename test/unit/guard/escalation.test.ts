import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import {
  ACCOUNT,
  contextOf,
  document,
  FUNCTION_ARN,
  judged,
  liveAccount,
  policyText,
  stating,
  verdicts,
  waiverText,
  world,
  type World,
} from "./judged.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api-eu-west-1`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper-boundary/platform-default`;

/** `platform/boundary.yaml` with another document. */
function boundary(statement: object): Record<string, string> {
  return {
    "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec: {use: boundary, document: {Version: "2012-10-17", Statement: ${JSON.stringify([statement].flat())}}}
`,
  };
}

/** A boundary that blocks no escalation path. */
const WIDE = boundary({ Effect: "Allow", Action: "*", Resource: "*" });

function allowing(
  Action: Statement["Action"] & {},
  Resource: Statement["Resource"] & {},
  more: Partial<Statement> = {},
): World {
  return stating({ Effect: "Allow", Action, Resource, ...more }, WIDE);
}

/** ESC-* and PASS-001 alone. */
function paths(found: World, live: ReturnType<typeof liveAccount> | null = null): readonly string[] {
  return verdicts(judged(found, { live })).filter((text) => /^(ESC|PASS)-/.test(text));
}

const PASSED = { Condition: { StringEquals: { "iam:PassedToService": "states.amazonaws.com" } } };

describe("a role that escalates", () => {
  test.each<{ found: World; breaks: readonly string[]; because: string }>([
    {
      found: allowing("iam:PutRolePolicy", ROLE),
      breaks: ["ESC-PutRolePolicy block"],
      because: "it writes its own policy",
    },
    { found: allowing("iam:GetRolePolicy", ROLE), breaks: [], because: "reading a policy grants nothing" },
    {
      found: allowing("iam:Put*", ROLE),
      breaks: [
        "ESC-PutGroupPolicy block",
        "ESC-PutRolePermissionsBoundary block",
        "ESC-PutRolePolicy block",
        "ESC-PutUserPermissionsBoundary block",
        "ESC-PutUserPolicy block",
      ],
      because: "a pattern matches each of them",
    },
    {
      found: allowing("iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT}:user/deploy`),
      breaks: ["ESC-CreateAccessKey block"],
      because: "credentials of another principal, even of one user",
    },
    {
      found: allowing("sts:AssumeRole", "arn:aws:iam::444455556666:role/reader"),
      breaks: ["ESC-AssumeRole warn"],
      because: "a single named role is usual across accounts",
    },
    {
      found: allowing("sts:AssumeRole", "*"),
      breaks: ["ESC-AssumeRole block"],
      because: "any role is an escalation",
    },
    {
      found: allowing("sts:AssumeRole", ["arn:aws:iam::444455556666:role/reader", "*"]),
      breaks: ["ESC-AssumeRole block"],
      because: "the open statement next to the named one counts",
    },
    {
      found: allowing("lambda:UpdateFunctionCode", FUNCTION_ARN),
      breaks: ["ESC-UpdateFunctionCode warn"],
      because: "it changes itself",
    },
    {
      found: allowing("lambda:UpdateFunctionCode", `${FUNCTION_ARN}:live`),
      breaks: ["ESC-UpdateFunctionCode warn"],
      because: "a qualifier of the function is the function itself",
    },
    {
      found: allowing("lambda:UpdateFunctionCode", `${FUNCTION_ARN}-2`),
      breaks: ["ESC-UpdateFunctionCode block"],
      because: "code under another function's role",
    },
    {
      found: allowing("codebuild:StartBuild", `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/site`),
      breaks: ["ESC-StartBuild warn"],
      because: "a single named project is usual",
    },
    {
      found: allowing("codebuild:StartBuild", "*"),
      breaks: ["ESC-StartBuild block"],
      because: "any project means any project's role",
    },
    {
      found: allowing(["cloudformation:CreateChangeSet"], "*"),
      breaks: [],
      because: "half of a path is not a path",
    },
    {
      found: allowing(["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"], "*"),
      breaks: ["ESC-CreateChangeSet block"],
      because: "both halves are a path",
    },
    {
      found: allowing(["iam:PassRole", "states:CreateStateMachine"], "*", PASSED),
      breaks: ["ESC-PassRole block", "PASS-001 block"],
      because: "any role for a state machine",
    },
    {
      found: allowing(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*", PASSED),
      breaks: ["PASS-001 block"],
      because: "the role may be passed to another service only",
    },
    {
      found: allowing(
        ["iam:PassRole", "states:CreateStateMachine"],
        `arn:aws:iam::${ACCOUNT}:role/steps`,
        PASSED,
      ),
      breaks: ["ESC-PassRole warn"],
      because: "a single named role is usual",
    },
  ])("$because", ({ found, breaks }) => {
    expect(paths(found)).toEqual(breaks);
  });

  test("the message names the actions, their list, and the permission that would contain it", () => {
    const [open] = judged(allowing("iam:PutRolePolicy", ROLE));
    const [named] = judged(
      allowing("codebuild:StartBuild", `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/site`),
    );

    expect(open?.why).toBe(
      "iam:PutRolePolicy lets this function change permissions, including its own (pathfinding:iam-005)",
    );
    expect(open?.origin).toMatchObject({ file: "teams/orders/orders-api.yaml", line: 6 });
    expect(named?.why).toBe(
      "codebuild:StartBuild lets this function run code under another role (pathfinding:codebuild-002); it reaches only the named resource",
    );
  });
});

describe("a path over several documents", () => {
  const creating = policyText(
    "creating",
    document({
      Effect: "Allow",
      Action: ["lambda:CreateFunction", "lambda:InvokeFunction"],
      Resource: `${FUNCTION_ARN}-*`,
    }),
  );
  const passing = JSON.stringify({
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: `arn:aws:iam::${ACCOUNT}:role/*`,
  });
  const files = { ...WIDE, "teams/orders/policy.yaml": creating };
  const both = world(
    `  managedPolicies: [creating]\n  statements: [{reason: test, statement: ${passing}}]`,
    files,
  );

  test("PassRole in one and CreateFunction in another are an escalation", () => {
    expect(paths(both)).toEqual(["ESC-PassRole block", "PASS-001 block"]);
  });

  test("the finding is on the ManagedPolicy that takes part, because it is written first", () => {
    const [policy] = [...both.desired.policies.values()].filter(({ name }) => name === "creating");
    if (policy === undefined) throw new Error("no policy");

    const findings = judgeDesired(policy, contextOf(both));

    expect(verdicts(findings)).toEqual(["ESC-PassRole block"]);
    expect(findings[0]?.key).toBe(policy.key);
    expect(findings[0]?.why).toContain("(attached to function/222222222222/eu-west-1/orders/orders-api)");
  });

  test.each([
    {
      until: "2027-01-01T00:00:00Z",
      breaks: [],
      because: "a waiver of the binding lifts it for the policy as well",
    },
    { until: "2026-01-01T00:00:00Z", breaks: ["ESC-PassRole block"], because: "an expired one does not" },
  ])("$because", ({ until, breaks }) => {
    const waived = world(
      `  managedPolicies: [creating]\n  statements: [{reason: test, statement: ${passing}}]`,
      {
        ...files,
        "platform/waiver.yaml": waiverText("w", "ESC-PassRole", until),
      },
    );
    const [policy] = [...waived.desired.policies.values()].filter(({ name }) => name === "creating");
    if (policy === undefined) throw new Error("no policy");

    expect(verdicts(judgeDesired(policy, contextOf(waived)))).toEqual(breaks);
  });

  test("a ManagedPolicy that takes no part has no finding", () => {
    const reading = policyText(
      "reading",
      document({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }),
    );
    const found = world(
      '  managedPolicies: [reading]\n  statements: [{reason: t, statement: {Effect: Allow, Action: iam:PutRolePolicy, Resource: "*"}}]',
      { ...WIDE, "teams/orders/policy.yaml": reading },
    );
    const [policy] = [...found.desired.policies.values()].filter(({ name }) => name === "reading");
    if (policy === undefined) throw new Error("no policy");

    expect(judgeDesired(policy, contextOf(found))).toEqual([]);
    expect(paths(found)).toEqual(["ESC-PutRolePolicy block"]);
  });

  test("a ManagedPolicy with an invalid manifest counts with its live document", () => {
    const [attachment] = both.binding.role.attachments;
    if (attachment === undefined) throw new Error("no attachment");
    const without = { ...both, desired: { ...both.desired, policies: new Map() } };
    const live = liveAccount({
      policies: {
        [attachment.arn]: document({ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" }),
      },
    });

    expect(paths(without, live)).toContain("ESC-PutRolePolicy block");
    expect(paths(without, null)).not.toContain("ESC-PutRolePolicy block");
  });
});

describe("AWS-managed policies", () => {
  const ARN = "arn:aws:iam::aws:policy/Wanted";
  const attached = world(`  managedPolicies: ["${ARN}"]`, WIDE);
  const rules = (text: string | null): readonly string[] => {
    const live = liveAccount(text === null ? {} : { awsManaged: { [ARN]: text } });
    return verdicts(judged(attached, { live }));
  };

  test.each([
    {
      statement: { Effect: "Allow", Action: "s3:Get*", Resource: "*" } as const,
      breaks: [],
      because: "RES-001 applies only to written manifests",
    },
    {
      statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } as const,
      breaks: ["ACT-001 block"],
      because: "a whole service",
    },
    {
      statement: { Effect: "Deny", Action: "s3:*", Resource: "*" } as const,
      breaks: [],
      because: "a Deny revokes",
    },
    {
      statement: { Effect: "Allow", Action: "iam:PutRolePolicy", Resource: "*" } as const,
      breaks: ["ESC-PutRolePolicy block"],
      because: "an escalation counts for every author",
    },
    {
      statement: { Effect: "Allow", Action: "iam:PassRole", Resource: "*" } as const,
      breaks: ["PASS-001 block"],
      because: "it passes any role",
    },
  ])("$because", ({ statement, breaks }) => {
    expect(rules(document(statement))).toEqual(breaks);
  });

  test("a whole service in a long list is one", () => {
    const names = Array.from({ length: 100 }, (_, at) => `s3:Get${at}`);
    const buckets = Array.from({ length: 100 }, (_, at) => `arn:aws:s3:::b${at}/*`);

    expect(rules(document({ Effect: "Allow", Action: names, Resource: buckets }))).toEqual([]);
    expect(rules(document({ Effect: "Allow", Action: [...names, "sqs:*"], Resource: buckets }))).toEqual([
      "ACT-001 block",
    ]);
  });

  test("everything but a list is whole services", () => {
    expect(rules(document({ Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::b" }))).toContain(
      "ACT-001 block",
    );
  });

  test.each([
    { text: null, because: "an unread document is not taken as harmless" },
    { text: "not JSON", because: "a document that is not understood is not taken as harmless" },
  ])("$because", ({ text }) => {
    expect(rules(text)).toEqual(["ACT-001 block"]);
  });

  test("offline, the shipped document is judged", () => {
    const shipped = {
      snapshotDate: "2026-08-26",
      textOf: () => document({ Effect: "Allow", Action: "s3:*", Resource: "*" }),
      nearestTo: () => undefined,
    };

    expect(verdicts(judged(attached, { shipped }))).toEqual(["ACT-001 block"]);
  });

  test("offline, a policy that is not shipped is named, without a conclusion", () => {
    const [found, ...more] = judged(attached);

    expect(more).toEqual([]);
    expect(found).toMatchObject({ rule: "ACT-001", severity: "warn", why: `policy ${ARN} is not read` });
  });

  test("a document that was read in the account wins over the shipped one", () => {
    const shipped = {
      snapshotDate: "2026-08-26",
      textOf: () => document({ Effect: "Allow", Action: "*", Resource: "*" }),
      nearestTo: () => undefined,
    };
    const live = liveAccount({
      awsManaged: { [ARN]: document({ Effect: "Allow", Action: "s3:Get*", Resource: "*" }) },
    });

    expect(judged(attached, { live, shipped })).toEqual([]);
  });
});

describe("the boundary", () => {
  const closed = (statement: object): World =>
    stating({ Effect: "Allow", Action: "iam:PutRolePolicy", Resource: ROLE }, boundary(statement));
  const S3 = { Effect: "Allow", Action: "s3:*", Resource: "*" } as const;
  const ALL = { Effect: "Allow", Action: "*", Resource: "*" } as const;
  const deny = (more: object = {}) => [ALL, { Effect: "Deny", Action: "iam:*", Resource: "*", ...more }];

  test.each<{ statement: object; breaks: string; because: string }>([
    { statement: S3, breaks: "warn", because: "it blocks permissions that it does not allow" },
    { statement: ALL, breaks: "block", because: "it leaves allowed permissions open" },
    { statement: deny(), breaks: "warn", because: "it blocks permissions that it denies" },
    {
      statement: deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      breaks: "block",
      because: "a Deny with a condition may not apply",
    },
    {
      statement: deny({ Resource: "arn:aws:iam::222222222222:role/x" }),
      breaks: "block",
      because: "a Deny on one role leaves the others",
    },
  ])("$because", ({ statement, breaks }) => {
    expect(paths(closed(statement))).toEqual([`ESC-PutRolePolicy ${breaks}`]);
  });

  test("the alternatives of a path are blocked one by one", () => {
    const actions = [
      "iam:PassRole",
      "lambda:CreateFunction",
      "lambda:InvokeFunction",
      "lambda:AddPermission",
    ];
    const found = stating(
      { Effect: "Allow", Action: actions, Resource: "*" },
      boundary({ Effect: "Allow", Action: actions.slice(0, 2), Resource: "*" }),
    );

    const [pass] = judged(found).filter(({ rule }) => rule === "ESC-PassRole");

    expect(pass).toMatchObject({ severity: "warn" });
    expect(pass?.why).toMatch(/; the current boundary closes it$/);
  });

  test.each([
    {
      live: { policies: { [BOUNDARY]: document(S3) } },
      breaks: "warn",
      because: "the declared and the live boundary both block the path",
    },
    {
      live: { policies: { [BOUNDARY]: document(ALL) } },
      breaks: "block",
      because: "the live boundary decides, because Grantkeeper does not write it",
    },
    { live: {}, breaks: "block", because: "an absent boundary blocks nothing" },
    {
      live: { policies: { [BOUNDARY]: "not JSON" } },
      breaks: "block",
      because: "a boundary that is not understood blocks nothing",
    },
  ])("$because", ({ live, breaks }) => {
    expect(paths(closed(S3), liveAccount(live))).toEqual([`ESC-PutRolePolicy ${breaks}`]);
  });

  test("an AWS-managed boundary counts as well", () => {
    const arn = "arn:aws:iam::aws:policy/Ceiling" as Arn;
    const found = closed(ALL);
    const role = { ...found.binding.role, boundary: { arn, origin: found.binding.origin } };
    const live = liveAccount({ awsManaged: { [arn]: document(S3) } });

    expect(paths({ ...found, binding: { ...found.binding, role } }, live)).toEqual([
      "ESC-PutRolePolicy warn",
    ]);
  });

  test("without a boundary every path is open", () => {
    const found = closed(S3);
    const role = { ...found.binding.role, boundary: null };

    expect(paths({ ...found, binding: { ...found.binding, role } })).toEqual(["ESC-PutRolePolicy block"]);
  });

  test("the boundary itself is not judged", () => {
    const found = closed(ALL);
    const [policy] = [...found.desired.policies.values()].filter(({ use }) => use === "boundary");
    if (policy === undefined) throw new Error("no boundary");

    expect(judgeDesired(policy, contextOf(found))).toEqual([]);
  });
});

describe("PASS-001", () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/steps`;
  const only = (operator: string, value: string | readonly string[]) => ({
    Condition: { [operator]: { "iam:PassedToService": value } },
  });

  test.each<{ found: World; breaks: readonly string[]; because: string }>([
    { found: allowing("iam:PassRole", role, PASSED), breaks: [], because: "one role to one service" },
    { found: allowing("iam:PassRole", role), breaks: ["PASS-001 block"], because: "one role to any service" },
    { found: allowing("iam:Pass*", role), breaks: ["PASS-001 block"], because: "a pattern passes as well" },
    {
      found: allowing("iam:PassRole", "*", PASSED),
      breaks: ["PASS-001 block"],
      because: "any role to one service",
    },
    {
      found: allowing("iam:PassRole", role, only("StringLike", "*")),
      breaks: ["PASS-001 block"],
      because: "any service by a pattern",
    },
    {
      found: allowing("iam:PassRole", role, only("StringLike", "states.*")),
      breaks: [],
      because: "one service by a pattern",
    },
    {
      found: allowing("iam:PassRole", role, only("StringEqualsIfExists", "states.amazonaws.com")),
      breaks: ["PASS-001 block"],
      because: "IfExists admits requests that name no service",
    },
    {
      found: allowing("iam:PassRole", role, only("StringNotEquals", "ec2.amazonaws.com")),
      breaks: ["PASS-001 block"],
      because: "all services but one",
    },
    {
      found: allowing("iam:PassRole", role, {
        Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
      }),
      breaks: ["PASS-001 block"],
      because: "another condition names no service",
    },
    {
      found: stating(
        { Effect: "Allow", NotAction: "s3:*", Resource: role },
        boundary({ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }),
      ),
      breaks: ["PASS-001 block"],
      because: "NotAction passes as well",
    },
    {
      found: stating({ Effect: "Allow", Action: "iam:PassRole", NotResource: role }, WIDE),
      breaks: ["PASS-001 block"],
      because: "all roles but one",
    },
    {
      found: stating({ Effect: "Deny", Action: "iam:PassRole", Resource: "*" }, WIDE),
      breaks: [],
      because: "a Deny passes nothing",
    },
  ])("$because", ({ found, breaks }) => {
    expect(paths(found).filter((text) => text.startsWith("PASS"))).toEqual(breaks);
  });
});
