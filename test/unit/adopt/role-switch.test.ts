import { describe, expect, test } from "@jest/globals";
import { NO_TERRAFORM_STATE } from "../../../src/adopt/deployer/terraform-state.ts";
import { known, notCalled, type EstateFunction } from "../../../src/adopt/estate/estate.ts";
import { deployerIn, roleSwitch } from "../../../src/adopt/switch/role-switch.ts";
import type { FunctionDeployer } from "../../../src/model/answers/coverage.ts";
import { estate, estateFunction } from "../../support/adopt/estate.ts";

const NEW = "arn:aws:iam::111122223333:role/grantkeeper/orders-eu-west-1";
const OLD = estateFunction("orders").roleArn;
const SAM: FunctionDeployer = { kind: "sam", stack: "shop", logicalId: "Orders" };
const TERRAFORM: FunctionDeployer = { kind: "terraform", address: "aws_lambda_function.this" };
const ON_ALIAS: Partial<EstateFunction> = {
  versions: known([{ version: "3", roleArn: OLD }]),
  aliases: known([{ name: "live", versions: ["3"] }]),
};

function switching(deployer: FunctionDeployer, more: Partial<EstateFunction> = {}, roleAddress?: string) {
  const roles = new Map(roleAddress === undefined ? [] : [[OLD, roleAddress]]);
  return roleSwitch({
    found: estateFunction("orders", more),
    deployer,
    declaredRoleArn: NEW,
    terraform: { ...NO_TERRAFORM_STATE, roles },
  });
}

describe("the switch to the declared role", () => {
  test("has both roles and the line with the new one", () => {
    expect(switching(SAM)).toMatchObject({
      from: OLD,
      to: NEW,
      line: { text: `Orders in the template of stack shop: Role: ${NEW}, and no Policies` },
      oldRole: null,
    });
  });

  test("is not needed on the declared role", () => {
    expect(switching(SAM, { roleArn: NEW })).toBeNull();
  });

  test("has no line if the deployer is unknown", () => {
    expect(switching({ kind: "unknown", reason: "no sign" })?.line).toBeNull();
  });

  test.each<{ kind: "sam" | "cdk" | "serverless" | "cloudformation"; isWarned: boolean }>([
    { kind: "sam", isWarned: true },
    { kind: "cdk", isWarned: true },
    { kind: "serverless", isWarned: true },
    { kind: "cloudformation", isWarned: false },
  ])("warns that $kind deletes a role that an alias uses: $isWarned", ({ kind, isWarned }) => {
    const found = switching({ kind, stack: "shop", logicalId: "Orders" }, ON_ALIAS);

    expect(/alias live would fail.*docs\/with-/.test(found?.oldRole ?? "")).toBe(isWarned);
  });

  test("does not warn of an alias on a version with another role", () => {
    const versions = known([{ version: "3", roleArn: `${OLD}-older` }]);

    expect(switching(SAM, { ...ON_ALIAS, versions })?.oldRole).toBeNull();
  });

  test.each([
    { because: "versions", unread: { versions: notCalled("lambda:ListVersionsByFunction") } },
    { because: "aliases", unread: { aliases: notCalled("lambda:ListAliases") } },
  ])("does not warn of $because that were not read", ({ unread }) => {
    expect(switching(SAM, { ...ON_ALIAS, ...unread })?.oldRole).toBeNull();
  });

  test.each([
    {
      address: 'aws_iam_role.this["orders"]',
      release: "the command takes it out without deleting it",
      commands: [`terraform state rm 'aws_iam_role.this["orders"]'`],
    },
    {
      address: "module.a.aws_iam_role.this",
      release: "a removed block with from = module.a.aws_iam_role.this and destroy = false",
    },
  ])("releases $address of a Terraform state without deleting it", ({ address, release, commands }) => {
    const found = switching(TERRAFORM, {}, address);

    expect(found?.oldRole).toContain(release);
    expect(found?.commands).toEqual(commands);
  });
});

test("a function in a given state is Terraform's, also without a tag of it", () => {
  const found = estateFunction("orders");
  const terraform = { ...NO_TERRAFORM_STATE, functions: new Map([[found.arn as string, "x.y"]]) };

  expect(deployerIn(found, { estate: estate(), terraform })).toEqual({ kind: "terraform", address: "x.y" });
});
