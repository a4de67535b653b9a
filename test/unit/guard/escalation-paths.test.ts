import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import {
  ACCOUNT,
  contextOf,
  document,
  FUNCTION_ARN,
  judged,
  liveAccount,
  policyText,
  verdicts,
  waiverText,
  world,
  type World,
} from "./judged.ts";
import { allowing, PASSED, paths, ROLE, WIDE } from "./escalation.ts";

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
      breaks: [],
      because: "the platform team listed this role",
    },
    {
      found: allowing("sts:AssumeRole", "arn:aws:iam::444455556666:role/writer"),
      breaks: ["ESC-AssumeRole block"],
      because: "a named role that is not listed",
    },
    {
      found: allowing("STS:assume*", "arn:aws:iam::444455556666:role/reade?"),
      breaks: ["ESC-AssumeRole block", "ESC-AssumeRoot block"],
      because: "a pattern that reaches beyond the listed role",
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
      breaks: ["ESC-StartBuild block"],
      because: "a named project runs under a role that no manifest shows",
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
      breaks: [],
      because: "the platform team listed this role",
    },
    {
      found: allowing(
        ["iam:PassRole", "states:CreateStateMachine"],
        `arn:aws:iam::${ACCOUNT}:role/admin`,
        PASSED,
      ),
      breaks: ["ESC-PassRole block", "PASS-001 block"],
      because: "a named role that is not listed",
    },
    {
      found: allowing("iam:TagRole", `arn:aws:iam::${ACCOUNT}:role/jobs/nightly`),
      breaks: ["ESC-TagRole block"],
      because: "tags decide who owns a role",
    },
    {
      found: allowing(["iam:Untag*"], "*"),
      breaks: ["ESC-UntagPolicy block", "ESC-UntagRole block"],
      because: "and so does their removal",
    },
    {
      found: allowing("lambda:TagResource", FUNCTION_ARN),
      breaks: [],
      because: "the tags of a function decide nothing",
    },
  ])("$because", ({ found, breaks }) => {
    expect(paths(found)).toEqual(breaks);
  });

  test("the message names the actions, their list, and how to correct it", () => {
    const [open] = judged(allowing("iam:PutRolePolicy", ROLE));
    const [named] = judged(
      allowing("codebuild:StartBuild", `arn:aws:codebuild:eu-west-1:${ACCOUNT}:project/site`),
    );

    expect(open?.why).toBe(
      "iam:PutRolePolicy lets this function change permissions, including its own (pathfinding:iam-005)",
    );
    expect(open?.origin).toMatchObject({ file: "teams/orders/orders-api.yaml", line: 6 });
    expect(named?.why).toBe(
      "codebuild:StartBuild lets this function run code under another role (pathfinding:codebuild-002)",
    );
    expect(named?.fix).toMatch(/^remove the action, or ask the platform team for arn:aws:codebuild:/);
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
