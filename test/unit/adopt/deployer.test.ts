import { describe, expect, test } from "@jest/globals";
import { deployerOf } from "../../../src/adopt/deployer/deployer.ts";
import type { FunctionDeployer } from "../../../src/model/answers/coverage.ts";
import { roleLine } from "../../../src/adopt/deployer/role-line.ts";
import { known, type EstatePart } from "../../../src/adopt/estate/estate.ts";
import type { Tag } from "../../../src/model/aws/tag.ts";
import type { LiveRole, Reading } from "../../../src/model/live.ts";
import { estateRole } from "../../support/adopt/estate.ts";

const OTHER: Reading<LiveRole> = { kind: "present", value: estateRole("orders-role") };
const CONSOLE: Reading<LiveRole> = {
  kind: "present",
  value: estateRole("orders-role-ab12", { path: "/service-role/" }),
};
const UNREAD: Reading<LiveRole> = { kind: "unknown", reason: "iam:ListRoles is denied" };
const DENIED: EstatePart<readonly Tag[]> = {
  kind: "unknown",
  call: "tag:GetResources",
  why: "denied",
  reason: "AccessDenied",
};

function tags(values: Readonly<Record<string, string>>): EstatePart<readonly Tag[]> {
  return known(Object.entries(values).map(([key, value]) => ({ key, value })));
}

function stack(logicalId: string, more: Readonly<Record<string, string>> = {}, name = "shop-prod") {
  return tags({ "aws:cloudformation:stack-name": name, "aws:cloudformation:logical-id": logicalId, ...more });
}

describe("who deploys a function", () => {
  test.each([
    { because: "a stack alone is CloudFormation", tags: stack("Handler"), kind: "cloudformation" },
    {
      because: "a stack without a logical id is CloudFormation",
      tags: tags({ "aws:cloudformation:stack-name": "shop-prod" }),
      kind: "cloudformation",
    },
    { because: "SAM tags its functions", tags: stack("Handler", { "lambda:createdBy": "SAM" }), kind: "sam" },
    { because: "eight hex digits end the CDK's logical ids", tags: stack("Handler886CB40B"), kind: "cdk" },
    { because: "seven hex digits are a name", tags: stack("Handler86CB40B"), kind: "cloudformation" },
    {
      because: "lower-case digits are not the CDK's",
      tags: stack("Handler886cb40b"),
      kind: "cloudformation",
    },
    {
      because: "stage, stack and logical id are those of Serverless",
      tags: stack("ApiLambdaFunction", { STAGE: "prod" }),
      kind: "serverless",
    },
    {
      because: "a tag STAGE on a stack with another name is not enough for Serverless",
      tags: stack("ApiLambdaFunction", { STAGE: "dev" }),
      kind: "cloudformation",
    },
    { because: "a team's tag names Terraform", tags: tags({ ManagedBy: "Terraform" }), kind: "terraform" },
    { because: "terraform: true", tags: tags({ terraform: "true" }), kind: "terraform" },
    { because: "terraform: false denies it", tags: tags({ terraform: "false" }), kind: "unknown" },
    {
      because: "a stack counts before a tag that any team may set",
      tags: stack("Handler", { ManagedBy: "terraform" }),
      kind: "cloudformation",
    },
    {
      because: "the console creates roles in /service-role/",
      tags: tags({}),
      role: CONSOLE,
      kind: "console",
    },
    { because: "no sign", tags: tags({ team: "orders" }), kind: "unknown" },
    { because: "tags that were not read exclude no stack", tags: DENIED, role: CONSOLE, kind: "unknown" },
    {
      because: "a role that was not read may be the console's",
      tags: tags({}),
      role: UNREAD,
      kind: "unknown",
    },
    {
      because: "an absent role is not one of the console",
      tags: tags({}),
      role: { kind: "absent" } as const,
      kind: "unknown",
    },
  ])("$kind: $because", ({ tags: given, role = OTHER, kind }) => {
    expect(deployerOf({ tags: given, role, terraformAddress: null }).kind).toBe(kind);
  });

  test("a given Terraform state names the address, also without tags", () => {
    const found = deployerOf({ tags: DENIED, role: UNREAD, terraformAddress: 'aws_lambda_function.f["a"]' });

    expect(found).toEqual({ kind: "terraform", address: 'aws_lambda_function.f["a"]' });
  });

  test("an unknown deployer names the call that did not answer", () => {
    const ofTags = deployerOf({ tags: DENIED, role: OTHER, terraformAddress: null });
    const ofRole = deployerOf({ tags: tags({}), role: UNREAD, terraformAddress: null });

    expect(ofTags).toEqual({ kind: "unknown", reason: "tag:GetResources is denied" });
    expect(ofRole).toEqual({ kind: "unknown", reason: "iam:ListRoles is denied" });
  });
});

describe("the line that names the role", () => {
  const inStack = { stack: "shop", logicalId: "Handler" };

  test.each<{ deployer: FunctionDeployer; has: string }>([
    {
      deployer: { kind: "cloudformation", ...inStack },
      has: "Handler in the template of stack shop: Role: ARN",
    },
    {
      deployer: { kind: "cloudformation", stack: "shop", logicalId: null },
      has: "the function in the template",
    },
    { deployer: { kind: "sam", ...inStack }, has: "Role: ARN, and no Policies" },
    {
      deployer: { kind: "cdk", ...inStack },
      has: 'Role.fromRoleArn(this, "Role", "ARN", { mutable: false })',
    },
    { deployer: { kind: "serverless", ...inStack }, has: "role: ARN" },
    {
      deployer: { kind: "terraform", address: "aws_lambda_function.f" },
      has: 'aws_lambda_function.f: role = "ARN"',
    },
    { deployer: { kind: "terraform", address: null }, has: 'the aws_lambda_function: role = "ARN"' },
    { deployer: { kind: "console" }, has: "Permissions, Edit: ARN" },
  ])("$has", ({ deployer, has }) => {
    expect(roleLine(deployer, "ARN")?.text).toContain(has);
  });

  test("is not known for an unknown deployer", () => {
    expect(roleLine({ kind: "unknown", reason: "no sign" }, "ARN")).toBeNull();
  });
});
