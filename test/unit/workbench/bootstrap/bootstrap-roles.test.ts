import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CloudFormationTemplate } from "../../../../src/workbench/bootstrap/cloudformation.ts";
import type { Bootstrap } from "../../../../src/workbench/bootstrap/own-roles.ts";
import type { TerraformFile } from "../../../../src/workbench/bootstrap/terraform.ts";
import { functionText } from "../../../support/manifests.ts";
import { ofJson, ofStackSets, ofTemplate, ofTerraform } from "../../../support/policies/bootstrap-content.ts";
import { templateErrors, terraformErrors } from "../../../support/screens/bootstrap.ts";
import { checkPublished } from "../../../support/screens/published.ts";
import { FILES, bootstrap } from "./printed-roles.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-bootstrap-"));
});

afterEach(() => rm(root, { recursive: true }));

async function printed<T>(...argv: readonly string[]): Promise<T> {
  const { code, out, err } = await bootstrap(root, argv);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
}

describe("bootstrap roles prints", () => {
  test("the same roles, trusts, policies and boundaries in every format, for one account and for all", async () => {
    const all = await printed<Bootstrap>("--organization", "--format", "json");
    const one = await printed<Bootstrap>("--account", "prod", "--format", "json");
    const template = await printed<CloudFormationTemplate>("--account", "222222222222");
    const terraform = await printed<TerraformFile>("--account", "prod", "--format", "terraform");
    const module = await printed<TerraformFile>("--organization", "--format", "terraform");
    const stackSets = await printed<CloudFormationTemplate>("--organization");

    const [prod, staging] = ofJson(all);
    expect(Object.keys(prod?.roles ?? {})).toEqual(["observer", "writer", "binder"]);
    expect(Object.keys(staging?.roles ?? {})).toEqual(["observer", "writer"]);
    expect(ofJson(one)).toEqual([prod]);
    expect(ofTemplate(template)).toEqual(prod);
    expect(ofStackSets(stackSets)).toEqual([prod, staging]);
    expect(ofTerraform(terraform)).toEqual(prod);
    expect(ofTerraform(module, "account_prod_")).toEqual(prod);
    expect(ofTerraform(module, "account_staging_")).toEqual(staging);
  });

  test("the same bytes for the same input, as published, with the external ids of the manifests", async () => {
    const first = await bootstrap(root, ["--organization", "--format", "json"]);
    const second = await bootstrap(root, ["--organization", "--format", "json"]);

    expect(second).toEqual(first);
    const value = JSON.parse(first.out) as Bootstrap;
    checkPublished("bootstrap-roles", value);
    expect(value.accounts[0]?.roles.map(({ externalId }) => externalId)).toEqual([
      "gk-test",
      "gk-test",
      "gk-binder",
    ]);
    expect(JSON.stringify(value.accounts[0]?.roles[2]?.trust)).toContain(
      '"StringEquals":{"sts:ExternalId":"gk-binder","aws:PrincipalOrgID":"o-a1b2c3d4e5"}',
    );
  });

  test("the policy of the base role and the policy that protects the roles, for an organization alone", async () => {
    const all = await printed<Bootstrap>("--organization", "--format", "json");
    const one = await printed<Bootstrap>("--account", "prod", "--format", "json");

    expect(JSON.stringify(all.base?.policy)).toContain(
      "arn:aws:iam::333333333333:role/grantkeeper-system/writer",
    );
    expect(all.serviceControlPolicy?.Statement).toHaveLength(2);
    expect(JSON.stringify(all.serviceControlPolicy).length).toBeLessThan(5_120);
    expect([one.base, one.serviceControlPolicy]).toEqual([null, null]);
  });

  test("in Terraform only arguments that its AWS provider has, with those that it requires", async () => {
    const one = await printed<TerraformFile>("--account", "prod", "--format", "terraform");
    const all = await printed<TerraformFile>("--organization", "--format", "terraform");
    const [[id, role] = ["", {}]] = Object.entries(one.resource["aws_iam_role"] ?? {});
    const withRole = (changed: object) =>
      terraformErrors({ ...one, resource: { aws_iam_role: { [id]: changed } } });

    expect(await terraformErrors(one)).toEqual([]);
    expect(await terraformErrors(all)).toEqual([]);
    expect(await withRole({ ...role, boundary: "x" })).toMatchObject([{ keyword: "additionalProperties" }]);
    expect(await withRole({ ...role, max_session_duration: "1h" })).toMatchObject([{ keyword: "type" }]);
    expect(await withRole({ name: "observer" })).toMatchObject([{ keyword: "required" }]);
    expect(await terraformErrors({ ...one, resource: { aws_iam_rule: { [id]: role } } })).toHaveLength(1);
  });

  test("in Terraform a provider for each account, and no expression but the names of roles", async () => {
    const { terraform, resource } = await printed<TerraformFile>("--organization", "--format", "terraform");
    const values = JSON.stringify(resource).match(/(?<![$])[$]\{[^}]*\}/g) ?? [];

    expect(terraform).toEqual({
      required_providers: {
        aws: {
          source: "hashicorp/aws",
          configuration_aliases: [
            "aws.account_prod",
            "aws.account_staging",
            "aws.grantkeeper_base",
            "aws.organization",
          ],
        },
      },
    });
    expect(Object.keys(resource["aws_iam_role"] ?? {})).toHaveLength(5);
    expect([...new Set(values.map((value) => value.replace(/account_.*\.name/, "NAME")))]).toEqual([
      "${aws_iam_role.NAME}",
      "${aws_organizations_policy.grantkeeper.id}",
    ]);
    expect(JSON.stringify(resource)).toContain("$${aws:PrincipalTag/team}");
    expect(JSON.stringify(resource)).toContain("%%{if}");
  });

  test("notes for what the file does not show", async () => {
    const { err } = await bootstrap(root, ["--organization"], {
      settings: { deployers: ["arn:aws:iam::*:role/deploy"] },
    });
    const single = await bootstrap(root, ["--account", "prod"], {
      settings: { organization: null as never },
    });

    expect(err.split("\n")).toEqual([
      "note:  in observe: nothing uses the writer before mode: enforce: staging",
      "note:  the policy of the base role is written with --out, and printed with --format json or terraform",
      "note:  bootstrap.deployers does not contain stacksets-exec-*: the service control policy stops later updates",
      "",
    ]);
    expect(single.err).toBe(
      "note:  bootstrap.organization is not set: the trust does not require aws:PrincipalOrgID\n",
    );
    expect(single.out).not.toContain("aws:PrincipalOrgID");
  });
});

describe("a template of CloudFormation", () => {
  test.each([[["--account", "prod"]], [["--organization"]]])(
    "has only resources as CloudFormation publishes them: %s",
    async (argv) => {
      const template = await printed<CloudFormationTemplate>(...argv);
      const { Resources } = template;

      expect(await templateErrors(template)).toEqual([]);
      expect(Object.keys(Resources).filter((id) => !/^[A-Za-z0-9]+$/.test(id))).toEqual([]);
    },
  );

  test("keeps the boundaries if the stack is deleted", async () => {
    const { Resources } = await printed<CloudFormationTemplate>("--account", "prod");

    expect(Resources["BoundaryHomeOnly"]).toMatchObject({
      Type: "AWS::IAM::ManagedPolicy",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
    });
  });

  test("attaches the service control policy after the roles exist", async () => {
    const { Resources } = await printed<CloudFormationTemplate>("--organization");

    expect(Resources["Protection"]).toMatchObject({ DependsOn: ["AccountProd", "AccountStaging"] });
  });
});

/** A caller as a statement, of a service that is not in the catalogue. */
const RAW = `  invokedBy:
    - reason: starts the job
      statement: {Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: "lambda:InvokeFunction"SOURCE}
`;

const SOURCE =
  ', Condition: {ArnLike: {"aws:SourceArn": "arn:aws:scheduler:eu-west-1:222222222222:schedule/default/x"}}';

test.each([
  { because: "that no rule refuses is in the writer's policy", source: SOURCE, isAllowed: true },
  { because: "that a rule refuses (INV-001) is not", source: "", isAllowed: false },
])("a service that a team's caller names and $because", async ({ source, isAllowed }) => {
  const files = {
    ...FILES,
    "teams/orders/f.yaml": functionText("orders-api", RAW.replace("SOURCE", source)),
  };

  const { code, out, err } = await bootstrap(root, ["--account", "prod", "--format", "json"], { files });

  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out.includes("scheduler.amazonaws.com")).toBe(isAllowed);
});
