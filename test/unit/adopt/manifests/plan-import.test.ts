import { describe, expect, test } from "@jest/globals";
import { known, notCalled, type Estate, type EstateFunction } from "../../../../src/adopt/estate/estate.ts";
import { NO_TERRAFORM_STATE } from "../../../../src/adopt/deployer/terraform-state.ts";
import { namespaceByRules, type NamespaceRule } from "../../../../src/adopt/manifests/namespaces.ts";
import { roleArn } from "../../../../src/model/aws/arn.ts";
import type { AccountId, Namespace, Region } from "../../../../src/model/aws/ids.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { accountText } from "../../../support/manifests.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { grantStatements, policyText } from "../../../support/adopt/policies.ts";
import { READ, calledBy } from "../../../support/adopt/imported.ts";

const ORDERS = "orders" as Namespace;

describe("the namespace of a function", () => {
  const rules: readonly NamespaceRule[] = [
    { test: { kind: "tag", key: "team", value: null }, namespace: null },
    { test: { kind: "function", name: "exact" }, namespace: ORDERS },
    { test: { kind: "prefix", prefix: "pay-" }, namespace: "payments" as Namespace },
    { test: { kind: "stack", stack: "search" }, namespace: "search" as Namespace },
    { test: { kind: "terraform", address: "module.shop" }, namespace: "shop" as Namespace },
  ];
  const inState = new Map<string, string>([[estateFunction("in-state").arn, "module.shop.x.y"]]);
  const tagged = (key: string, value: string): Partial<EstateFunction> => ({ tags: known([{ key, value }]) });

  test.each<{
    readonly because: string;
    readonly name: string;
    readonly found: Partial<EstateFunction>;
    readonly match: object;
  }>([
    {
      because: "the first rule that matches counts",
      name: "pay-api",
      found: tagged("team", "billing"),
      match: { namespace: "billing" },
    },
    { because: "an exact name", name: "exact", found: {}, match: { namespace: "orders" } },
    { because: "a prefix", name: "pay-api", found: {}, match: { namespace: "payments" } },
    {
      because: "a stack",
      name: "x",
      found: tagged("aws:cloudformation:stack-name", "search"),
      match: { namespace: "search" },
    },
    {
      because: "an address of a given Terraform state counts",
      name: "in-state",
      found: {},
      match: { kind: "namespace", namespace: "shop" },
    },
    { because: "no rule matches", name: "exact2", found: {}, match: { kind: "unmatched" } },
    {
      because: "a tag is not a namespace name",
      name: "x",
      found: tagged("team", "The Team"),
      match: { kind: "unmatched", reason: expect.stringContaining('"The Team"') },
    },
    {
      because: "tags that were not read decide nothing",
      name: "exact",
      found: { tags: notCalled("tag:GetResources") },
      match: { kind: "unknown", call: "tag:GetResources" },
    },
  ])("$because", ({ name, found, match }) => {
    const terraform = { ...NO_TERRAFORM_STATE, functions: inState };

    expect(namespaceByRules(estateFunction(name, found), rules, terraform)).toMatchObject(match);
  });
});

/** The function `api` in another account and region, with local names in all of its ARNs. */
function elsewhere(accountId: string, region: string, statements: readonly Statement[]): Estate {
  const here = { partition: "aws", accountId, region };
  const account = {
    id: accountId as AccountId,
    name: `a-${accountId.slice(0, 4)}`,
    partition: "aws",
  } as never;
  const text = policyText(statements).replaceAll("111122223333", accountId).replaceAll("eu-west-1", region);
  const arn = roleArn(here as never, "/", "api-role");
  const role = estateRole("api-role", { arn, inline: [{ name: "app", text }] });
  const found = estateFunction("api", {
    roleArn: arn,
    arn: `arn:aws:lambda:${region}:${accountId}:function:api` as never,
  });
  return estate({ account, region: region as Region, functions: [found], iam: known(estateIam([role])) });
}

const ACCOUNTS = {
  "platform/a.yaml": accountText("a-1111", "111122223333").replace("  boundary: platform-default\n", ""),
  "platform/b.yaml": accountText("a-4444", "444455556666").replace("  boundary: platform-default\n", ""),
};

const FILES = Object.fromEntries(
  Object.entries(ACCOUNTS).map(([path, text]) => [path, text.replace("mode: enforce", "mode: observe")]),
);

describe("one function in several accounts and regions", () => {
  const places = [
    ["111122223333", "eu-west-1"],
    ["111122223333", "us-east-1"],
    ["444455556666", "eu-west-1"],
  ] as const;
  const importEverywhere = (statements: readonly Statement[]) =>
    importPlan(
      places.map(([id, region]) => elsewhere(id, region, statements)),
      { files: FILES },
    );

  test("is one file if it is declared alike", () => {
    const plan = importEverywhere(READ);

    expect(plan.files.map(({ path }) => path)).toEqual(["teams/orders/api.yaml"]);
    expect(plan.files[0]?.text).toContain(
      "targets: [{ accounts: [a-1111], regions: [eu-west-1, us-east-1] }, { accounts: [a-4444], regions: [eu-west-1] }]",
    );
    expect(plan.functions).toMatchObject(places.map(() => ({ outcome: { difference: null } })));
  });

  test("is one file with variables where statements name the account, the region or a variable of the account", () => {
    const own: Statement = {
      Effect: "Allow",
      Action: "sqs:PurgeQueue",
      Resource: "arn:aws:sqs:eu-west-1:111122223333:jobs",
    };

    const plan = importEverywhere([own]);

    expect(plan.files).toHaveLength(1);
    expect(plan.files[0]?.text).toContain('"arn:aws:sqs:${region}:${account.id}:jobs"');
    expect(plan.functions).toMatchObject(places.map(() => ({ outcome: { difference: null } })));
  });

  test("uses the variables of the accounts", () => {
    const table = (name: string): readonly Statement[] =>
      grantStatements("dynamodb", { table: name, allow: ["read"] });

    const plan = importPlan(
      [
        elsewhere("111122223333", "eu-west-1", table("orders-a-1111")),
        elsewhere("444455556666", "eu-west-1", table("orders-a-4444")),
      ],
      { files: FILES },
    );

    expect(plan.files).toHaveLength(1);
    expect(plan.files[0]?.text).toContain('table: "${account.vars.ordersTable}"');
    expect(plan.functions).toMatchObject([
      { outcome: { difference: null } },
      { outcome: { difference: null } },
    ]);
  });

  test("is several files if the permissions differ", () => {
    const plan = importPlan(
      [
        elsewhere("111122223333", "eu-west-1", READ),
        elsewhere("444455556666", "eu-west-1", READ.slice(0, 1)),
      ],
      { files: FILES },
    );

    expect(plan.files.map(({ path }) => path)).toEqual([
      "teams/orders/api-a-1111-eu-west-1.yaml",
      "teams/orders/api-a-4444-eu-west-1.yaml",
    ]);
    expect(plan.functions).toMatchObject([
      { outcome: { difference: null } },
      { outcome: { difference: null } },
    ]);
  });
});

describe("a function that an Exclusion names", () => {
  const exclusion = (until: string): Readonly<Record<string, string>> => ({
    "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT,
    "platform/legacy.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Exclusion
metadata: { name: legacy }
spec: { functions: [orders], reason: a vendor deploys it, owner: dana, until: ${until} }
`,
  });

  test("gets no manifest, and the report has the reason", () => {
    const plan = importPlan(calledBy(known(null)), { files: exclusion("2027-01-01T00:00:00Z") });

    expect(plan.files).toEqual([]);
    expect(outcomeOf(plan, "orders")).toEqual({
      kind: "excluded",
      reason: "a vendor deploys it (Exclusion legacy, owner dana, until 2027-01-01T00:00:00Z)",
    });
  });

  test("gets one if the Exclusion ended before the read", () => {
    const plan = importPlan(calledBy(known(null)), { files: exclusion("2026-11-01T00:00:00Z") });

    expect(outcomeOf(plan, "orders").kind).toBe("written");
  });
});
