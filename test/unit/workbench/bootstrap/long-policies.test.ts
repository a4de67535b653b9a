import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../../../demo/manifests.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { CloudFormationTemplate } from "../../../../src/workbench/bootstrap/cloudformation.ts";
import {
  dividedPolicy,
  MANAGED_POLICY_LIMIT,
  policyLength,
} from "../../../../src/workbench/bootstrap/divided-policy.ts";
import type { Bootstrap } from "../../../../src/workbench/bootstrap/own-roles.ts";
import type { TerraformFile } from "../../../../src/workbench/bootstrap/terraform.ts";
import { accountText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { ofJson, ofTemplate, ofTerraform } from "../../../support/policies/bootstrap-content.ts";
import { bootstrapIn, templateErrors, terraformErrors } from "../../../support/screens/bootstrap.ts";
import { checkPublished } from "../../../support/screens/published.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-long-"));
});
afterEach(() => rm(root, { recursive: true }));

async function printed<T>(argv: readonly string[], files: Files): Promise<T> {
  const { code, out, err } = await bootstrapIn(root, argv, { files });
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
}

/** A Team with this many functions, each by its exact name. */
function teamWith(functions: number): Files {
  const names = Array.from({ length: functions }, (_, at) => `orders-function-number-${at}`);
  const text = `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod], functions: [${names.join(", ")}]}
`;
  return { ...PLATFORM_FILES, "platform/team.yaml": text };
}

describe("a writer's policy that is longer than AWS allows for inline policies", () => {
  test("is printed as managed policies below the limit, the same in every format", async () => {
    const files = teamWith(25);
    const json = await printed<Bootstrap>(["--account", "prod", "--format", "json"], files);
    const template = await printed<CloudFormationTemplate>(["--account", "prod"], files);
    const terraform = await printed<TerraformFile>(["--account", "prod", "--format", "terraform"], files);

    checkPublished("bootstrap-roles", json);
    const [, writer] = json.accounts[0]?.roles ?? [];
    const parts = writer?.managedPolicies ?? [];
    expect(policyLength(writer?.policy.Statement ?? [])).toBeGreaterThan(10_240);
    expect(parts.map(({ name }) => name)).toEqual(parts.map((_, at) => `writer-${at + 1}`));
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.filter(({ document }) => policyLength(document.Statement) > MANAGED_POLICY_LIMIT)).toEqual(
      [],
    );
    expect(await terraformErrors(terraform)).toEqual([]);
    expect([ofTemplate(template), ofTerraform(terraform)]).toEqual([ofJson(json)[0], ofJson(json)[0]]);
    expect(template.Resources["Writer"]?.["Properties"]).not.toHaveProperty("Policies");
    expect(await templateErrors(template)).toEqual([]);
  });

  test("is refused if more policies than ten would have to be attached", async () => {
    const { code, err } = await bootstrapIn(root, ["--account", "prod"], { files: teamWith(200) });

    expect(code).not.toBe(0);
    expect(err).toMatch(
      /the policy of the writer of account prod needs \d+ managed policies; AWS attaches 10/,
    );
  });
});

test("the base role of 90 accounts has one policy, which names accounts instead of roles; the service control policy fits too", async () => {
  const accounts = (count: number): Files => {
    const texts = Array.from({ length: count }, (_, at) =>
      accountText(`a${at}`, String(222_222_222_222 + at)),
    );
    return { ...PLATFORM_FILES, "platform/accounts.yaml": texts.join("---\n") };
  };
  const many = await printed<Bootstrap>(["--organization", "--format", "json"], accounts(90));

  expect(many.base?.managedPolicies).toEqual([]);
  expect(policyLength(many.base?.policy.Statement ?? [])).toBeLessThan(MANAGED_POLICY_LIMIT);
  expect(policyLength(many.serviceControlPolicy?.Statement ?? [])).toBeLessThan(5_120);
});

describe("a divided policy", () => {
  const resources = fc.array(fc.string({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 150 });
  const statement = fc.record({
    Sid: fc.constantFrom("A", "B"),
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.constant(["iam:GetRole"]),
    Resource: fc.oneof(resources, fc.constant("*")),
  });

  test("has all statements in their order, each list of resources complete, and no part over the limit", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 12 }), (statements) => {
        const parts = dividedPolicy(statements);

        const texts = (all: readonly Statement[]): readonly string[] =>
          all.flatMap(({ Effect, Resource }) =>
            [Resource ?? []].flat().map((resource) => `${Effect} ${resource}`),
          );
        expect(texts(parts.flat())).toEqual(texts(statements));
        for (const part of parts) expect(policyLength(part)).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
        expect(dividedPolicy(statements)).toEqual(parts);
      }),
      { numRuns: 40 },
    );
  });

  test("numbers the parts of a statement, because a Sid is unique in a policy", () => {
    const Resource = Array.from(
      { length: 300 },
      (_, at) => `arn:aws:lambda:eu-west-1:222222222222:function:${at}`,
    );
    const parts = dividedPolicy([
      { Sid: "Long", Effect: "Allow", Action: ["lambda:AddPermission"], Resource },
    ]);

    expect(parts.flat().map(({ Sid }) => Sid)).toEqual(["Long1", "Long2", "Long3", "Long4"]);
  });
});
