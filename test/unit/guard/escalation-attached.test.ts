import { describe, expect, test } from "@jest/globals";
import { accountText } from "../../support/manifests.ts";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import {
  ACCOUNT,
  contextOf,
  document,
  judged,
  liveAccount,
  stating,
  verdicts,
  world,
  type World,
} from "./judged.ts";
import { ROLE, boundary, WIDE, paths } from "./escalation.ts";

const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper-boundary/platform-default`;

describe("AWS-managed policies", () => {
  const ARN = "arn:aws:iam::aws:policy/Wanted";
  const attached = world(`  managedPolicies: ["${ARN}"]`, {
    ...WIDE,
    "platform/accounts.yaml": accountText("prod", ACCOUNT, `  attachablePolicies: ["${ARN}"]\n`),
  });
  const rules = (text: string | null): readonly string[] => {
    const live = liveAccount(text === null ? {} : { awsManaged: { [ARN]: text } });
    // The lists of risky actions have tests of their own.
    return verdicts(judged(attached, { live })).filter((rule) => !/^(CRED|EXF|EXP|TMP)/.test(rule));
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
      because: "an entire service",
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

  test("an entire service in a long list is one", () => {
    const names = Array.from({ length: 100 }, (_, at) => `s3:Get${at}`);
    const buckets = Array.from({ length: 100 }, (_, at) => `arn:aws:s3:::b${at}/*`);

    expect(rules(document({ Effect: "Allow", Action: names, Resource: buckets }))).toEqual([]);
    expect(rules(document({ Effect: "Allow", Action: [...names, "sqs:*"], Resource: buckets }))).toEqual([
      "ACT-001 block",
    ]);
  });

  test("everything but a list is complete services", () => {
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

    expect(verdicts(judged(attached, { shipped }))).toContain("ACT-001 block");
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
      awsManaged: { [ARN]: document({ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }) },
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

  test("the boundary itself is judged by BND-004 alone", () => {
    const found = closed(ALL);
    const [policy] = [...found.desired.policies.values()].filter(({ use }) => use === "boundary");
    if (policy === undefined) throw new Error("no boundary");

    expect(verdicts(judgeDesired(policy, contextOf(found)))).toEqual(["BND-004 warn"]);
  });
});
