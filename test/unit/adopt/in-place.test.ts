import { describe, expect, test } from "@jest/globals";
import { known, notCalled, type Estate, type EstateFunction } from "../../../src/adopt/estate/estate.ts";
import { NO_TERRAFORM_STATE } from "../../../src/adopt/deployer/terraform-state.ts";
import type { InPlace } from "../../../src/adopt/switch/in-place.ts";
import { OWNER_TAG } from "../../../src/model/aws/tag.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import { askedStack, estate, estateFunction, estateIam, estateRole } from "../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, fileOf, importPlan, type ImportSetting } from "../../support/adopt/import.ts";
import { policyText } from "../../support/adopt/policies.ts";

interface Scene extends ImportSetting {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<EstateFunction>;
  readonly others?: readonly EstateFunction[];
  readonly estate?: Partial<Estate>;
}

/** For the function `orders` on `orders-role`; others are added by the scene. */
function placeOf(scene: Scene): InPlace | null {
  const role = estateRole("orders-role", { description: "", ...scene.role });
  const functions = [
    estateFunction("orders", { roleArn: role.arn, ...scene.found }),
    ...(scene.others ?? []),
  ];
  const read = estate({
    functions,
    iam: known(estateIam([role, estateRole("reports-role")])),
    ...scene.estate,
  });
  const plan = importPlan(read, scene);
  return plan.functions.find(({ found }) => found.name === "orders")?.inPlace ?? null;
}

const ROLE = "arn:aws:iam::111122223333:role/orders-role";
const account = (spec: string) => ({
  files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT.replace("\nspec:\n", `\nspec:\n${spec}`) },
});
const tags = (key: string, value: string) => ({ role: { tags: [{ key, value }] } });
const trusting = (Principal: object) => ({
  role: {
    trust: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
    }),
  },
});
const at = (path: string) => ({
  role: { path, arn: `arn:aws:iam::111122223333:role${path}orders-role` as never },
});
const queues = Array.from({ length: 130 }, (_, index) => `arn:aws:sqs:eu-west-1:111122223333:jobs-${index}`);
const LARGE = {
  inline: [{ name: "app", text: policyText([{ Effect: "Deny", Action: "sqs:*", NotResource: queues }]) }],
};
const reports = (more: Partial<EstateFunction>) => [estateFunction("reports", more)];
const listed = (count: number) =>
  Array.from({ length: count }, (_, index) => `arn:aws:iam::111122223333:role/r${index}`).join(", ");

describe("a role cannot be taken over in place", () => {
  test.each<Scene & { readonly because: string; readonly kind: string; readonly reason: RegExp }>([
    {
      because: "its tags show a stack",
      ...tags("aws:cloudformation:stack-name", "shop"),
      kind: "stack",
      reason: /^its tags show that stack shop of CloudFormation created it/,
    },
    {
      because: "CloudFormation answers that a stack owns it",
      estate: { roleStacks: askedStack("orders-role", { kind: "present", value: "shop" }) },
      kind: "stack",
      reason: /^stack shop of CloudFormation owns it/,
    },
    {
      because: "Terraform owns it by a tag",
      ...tags("ManagedBy", "terraform"),
      kind: "terraform",
      reason: /tag/,
    },
    {
      because: "it is in a given state",
      terraform: { ...NO_TERRAFORM_STATE, roles: new Map([[ROLE, "aws_iam_role.orders[0]"]]) },
      kind: "terraform",
      reason: /in its state as aws_iam_role\.orders\[0\]/,
    },
    { because: "a tag would be removed", ...tags("team", "a"), kind: "tag", reason: /its tag team/ },
    {
      because: "it has another owner",
      ...tags(OWNER_TAG, "search/find"),
      kind: "owner",
      reason: /search\/find/,
    },
    {
      because: "another account may assume it",
      ...trusting({ AWS: "arn:aws:iam::999900001111:root", Service: "lambda.amazonaws.com" }),
      kind: "trust",
      reason: /not that of Lambda alone/,
    },
    {
      because: "its boundary is of others",
      role: { boundary: "arn:aws:iam::111122223333:policy/theirs" as never },
      kind: "boundary",
      reason: /policy\/theirs is none of the account's/,
    },
    {
      because: "an instance profile contains it",
      role: { instanceProfiles: ["workers"] },
      kind: "instance-profile",
      reason: /workers/,
    },
    {
      because: "an incident restricted it",
      role: { inline: [{ name: "AWSRevokeOlderSessions", text: policyText([]) }] },
      kind: "restricted",
      reason: /AWSRevokeOlderSessions/,
    },
    {
      because: "it is linked to a service",
      ...at("/aws-service-role/lambda.amazonaws.com/"),
      kind: "place",
      reason: /below \/aws-service-role\//,
    },
    { because: "a manifest cannot name its path", ...at("/a!b/"), kind: "place", reason: /path \/a!b\// },
    { because: "it is below our path", ...at("/grantkeeper/"), kind: "place", reason: /are Grantkeeper's/ },
    {
      because: "the account lists as many as it can",
      ...account(`  adoptableRoles: [${listed(60)}]\n`),
      kind: "place",
      reason: /lists 60 roles in adoptableRoles, which is the most/,
    },
    {
      because: "another function runs on it",
      others: reports({ roleArn: ROLE }),
      kind: "shared",
      reason: /function:reports runs on it too$/,
    },
    {
      because: "several others run on it",
      others: [estateFunction("reports", { roleArn: ROLE }), estateFunction("search", { roleArn: ROLE })],
      kind: "shared",
      reason: /function:reports runs on it too \(and 1 more function\)$/,
    },
    {
      because: "a version of another function runs on it",
      others: reports({ versions: known([{ version: "7", roleArn: ROLE }]) }),
      kind: "shared",
      reason: /^version 7 of .*function:reports runs on it$/,
    },
    {
      because: "its policies and the declared one are too large together",
      role: LARGE,
      kind: "quota",
      reason: /^the role's inline policies would have \d+ of 10240 characters$/,
    },
    {
      because:
        "they are too large for the quotas that AWS begins with, and those of the account are not known",
      role: LARGE,
      estate: { roleQuota: known({ existing: 10, quota: 1_000 }) },
      kind: "quota",
      reason: /of 10240 characters: a default of AWS, because the quotas of the account were not read$/,
    },
  ])("if $because", ({ because: _because, kind, reason, ...scene }) => {
    expect(placeOf(scene)).toMatchObject({
      kind: "refused",
      reasons: expect.arrayContaining([
        { kind, reason: expect.stringMatching(reason), fix: expect.any(String) },
      ]),
    });
  });
});

describe("a role that nothing that was read is against is offered", () => {
  const STACK = /^the stack of CloudFormation that may own the role, except by its tags/;

  test("with the fields of the manifest and what was not looked at, the stack that may own it first", () => {
    expect(placeOf(at("/service-role/"))).toEqual({
      kind: "offered",
      role: { name: "orders-role", path: "/service-role/", adopt: "reviewed" },
      isListed: false,
      notSeen: [
        expect.stringMatching(STACK),
        expect.stringContaining("Terraform"),
        "functions of regions that account orders-prod does not list",
      ],
    });
  });

  test.each<Scene & { readonly because: string; readonly seen: RegExp }>([
    {
      because: "the stack that deploys the function",
      found: { tags: known([{ key: "aws:cloudformation:stack-name", value: "shop" }]) },
      seen: /\(cloudformation:DescribeStackResources was not called\); stack shop deploys the function, and may own its role$/,
    },
    {
      because: "the other regions, if CloudFormation answers that no stack of the function's region owns it",
      found: { tags: known([{ key: "aws:cloudformation:stack-name", value: "shop" }]) },
      estate: { roleStacks: askedStack("orders-role", { kind: "absent" }) },
      seen: /^stacks of CloudFormation in other regions: none in eu-west-1 owns the role$/,
    },
    {
      because: "why CloudFormation did not answer for this role",
      estate: { roleStacks: askedStack("orders-role", { kind: "unknown", reason: "Throttling" }) },
      seen: /except by its tags \(Throttling\)$/,
    },
    {
      because: "that it was not asked about this role, if it was about others",
      estate: { roleStacks: askedStack("reports-role", { kind: "absent" }) },
      seen: /except by its tags \(cloudformation:DescribeStackResources was not called\)$/,
    },
    {
      because: "that the call was denied",
      estate: {
        roleStacks: {
          kind: "unknown",
          call: "cloudformation:DescribeStackResources",
          why: "denied",
          reason: "AccessDenied",
        },
      },
      seen: /except by its tags \(cloudformation:DescribeStackResources is denied\)$/,
    },
    {
      because: "versions of other functions that were not read",
      others: reports({ versions: notCalled("lambda:ListVersionsByFunction") }),
      seen: /function:reports: its published versions: lambda:ListVersionsByFunction was not called$/,
    },
    {
      because: "how many functions have such versions",
      others: ["reports", "search"].map((name) =>
        estateFunction(name, { versions: notCalled("lambda:ListVersionsByFunction") }),
      ),
      seen: /function:reports \(and 1 more\): its published versions: /,
    },
    {
      because: "a region that could not be read",
      ...account(""),
      unread: [
        {
          account: estate().account,
          region: "us-east-1" as never,
          reason: "AccessDenied",
          next: "allow it",
        },
      ],
      seen: /^functions of region us-east-1: AccessDenied$/,
    },
    {
      because: "a region of the account that was not asked for",
      files: {
        "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT.replace("[eu-west-1]", "[eu-west-1, us-east-1]"),
      },
      seen: /^functions of region us-east-1$/,
    },
  ])("and names $because", ({ because: _because, seen, ...scene }) => {
    expect(placeOf(scene)).toMatchObject({
      kind: "offered",
      notSeen: expect.arrayContaining([expect.stringMatching(seen)]),
    });
  });

  test.each(["/", "/service-role/", "/team/orders/"])(
    "and a manifest with these fields at path %s is that of the role, once the account lists it",
    (path) => {
      const arn = `arn:aws:iam::111122223333:role${path}orders-role`;
      const role = estateRole("orders-role", { path, arn: arn as never });
      const functions = [estateFunction("orders", { roleArn: arn })];
      const plan = importPlan(estate({ functions, iam: known(estateIam([role])) }));
      const [one] = plan.functions;
      const offered = one?.inPlace?.kind === "offered" ? one.inPlace.role : {};

      const again = importPlan([], {
        files: {
          ...account(`  adoptableRoles: ["${arn}"]\n`).files,
          "teams/orders/orders.yaml": fileOf(plan, "orders").replace(
            "mode: observe",
            `role: ${JSON.stringify(offered)}`,
          ),
        },
      });

      const [binding] = again.compilation.desired.bindings.values();
      expect(binding?.role).toMatchObject({ arn, adopt: "reviewed" });
    },
  );

  test("although it is larger than AWS's default, if the account has more", () => {
    const ofRole = { rolePolicySize: 20_480, attachedPoliciesPerRole: 20 };
    const roleQuota = known({ existing: 10, quota: 1_000, ofRole });

    expect(placeOf({ role: LARGE, estate: { roleQuota } })).toMatchObject({ kind: "offered" });
  });

  test("and knows that the account lists it already, even as the last that it can", () => {
    expect(placeOf(account(`  adoptableRoles: [${listed(59)}, ${ROLE}]\n`))).toMatchObject({
      kind: "offered",
      isListed: true,
    });
  });
});

test("a function without a manifest has no offer", () => {
  expect(placeOf({ found: { aliases: notCalled("lambda:ListAliases") } })).toBeNull();
});
