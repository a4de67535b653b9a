import { describe, expect, test } from "@jest/globals";
import { known, notCalled } from "../../../src/adopt/estate/estate.ts";
import { askedStack, estate, estateFunction, estateIam, estateRole } from "../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, fileOf, importPlan } from "../../support/adopt/import.ts";
import { type Scene, placeOf, ROLE, account, at, LARGE, reports, listed } from "./in-place-scenes.ts";

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
      seen: /^stacks of CloudFormation in regions other than eu-west-1; in eu-west-1 no stack owns the role$/,
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
