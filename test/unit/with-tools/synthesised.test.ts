import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { Template } from "../../support/with-tools/stack.ts";
import { CDK_BEFORE, cdkMutable, cdkSwitched } from "../../support/with-tools/templates/cdk.ts";
import { SERVERLESS_BEFORE, serverlessSwitched } from "../../support/with-tools/templates/serverless.ts";

interface AnyResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type AnyTemplate = Readonly<Record<string, AnyResource>>;

function synthesised(name: string): AnyTemplate {
  const url = new URL(`../../fixtures/synthesised/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly Resources: AnyTemplate }).Resources;
}

/** A role of the template, or the one that is named. */
function roleText(role: unknown, template: AnyTemplate): string {
  if (typeof role === "string") return role;
  const [id = ""] = Object.values(role as Readonly<Record<string, unknown>>).flat();
  return template[String(id)]?.Type ?? "no resource";
}

/** What of IAM and Lambda the template creates, with the role of each, in the order of the texts. */
function shapeOf(template: AnyTemplate): readonly string[] {
  return Object.values(template)
    .filter(({ Type }) => /^AWS::(IAM|Lambda)::/.test(Type))
    .map(({ Type, DeletionPolicy = "", Properties: { FunctionName, Role, Roles } }) => {
      const name = Type === "AWS::Lambda::Function" ? String(FunctionName) : "";
      const roles = [Role ?? [], Roles ?? []].flat().map((role) => roleText(role, template));
      return [Type, name, DeletionPolicy, ...roles].join(" ");
    })
    .toSorted();
}

const idsOf = (template: AnyTemplate, type: string): readonly string[] =>
  Object.entries(template).flatMap(([id, { Type }]) => (Type === type ? [id] : []));

const ARN = "arn:aws:iam::222222222222:role/grantkeeper/orders-api-eu-west-1";
const ARNS = ["api", "worker"].map(
  (name) => `arn:aws:iam::222222222222:role/grantkeeper/orders-prod-${name}-eu-west-1`,
) as unknown as readonly [string, string];

test.each<{ readonly name: string; readonly played: Template }>([
  { name: "cdk-before", played: CDK_BEFORE },
  { name: "cdk-switched", played: cdkSwitched(ARN) },
  { name: "cdk-mutable", played: cdkMutable(ARN) },
  { name: "serverless-before", played: SERVERLESS_BEFORE },
  { name: "serverless-switched", played: serverlessSwitched(ARNS) },
])("the template that is played has the resources and roles that the tool synthesised: $name", (row) => {
  expect(shapeOf(row.played)).toEqual(shapeOf(synthesised(row.name)));
});

test.each([
  { tool: "cdk", versions: 1 },
  { tool: "serverless", versions: 2 },
])("$tool publishes another version of each function for another role", ({ tool, versions }) => {
  const [before, after] = ["before", "switched"].map((name) =>
    idsOf(synthesised(`${tool}-${name}`), "AWS::Lambda::Version"),
  );

  expect(after).toHaveLength(versions);
  expect(after?.filter((id) => before?.includes(id))).toEqual([]);
});

test("the lines of the page about the CDK retain the role and its policy, and nothing else", () => {
  const kept = Object.values(synthesised("cdk-retained")).flatMap(({ Type, DeletionPolicy }) =>
    DeletionPolicy === "Retain" ? [Type] : [],
  );

  expect(kept.toSorted()).toEqual(["AWS::IAM::Policy", "AWS::IAM::Role"]);
});
