import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../../../demo/manifests.ts";
import type { CloudFormationTemplate } from "../../../../src/workbench/bootstrap/cloudformation.ts";
import { policyLength } from "../../../../src/workbench/bootstrap/divided-policy.ts";
import type { Bootstrap } from "../../../../src/workbench/bootstrap/own-roles.ts";
import type { TerraformFile } from "../../../../src/workbench/bootstrap/terraform.ts";
import { accountText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { ofJson, ofStackSets, ofTemplate, ofTerraform } from "../../../support/policies/bootstrap-content.ts";
import {
  bootstrapIn,
  templateErrors,
  terraformErrors,
  type BootstrapGiven,
} from "../../../support/screens/bootstrap.ts";
import { checkPublished } from "../../../support/screens/published.ts";

let root: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-checkout-"));
  out = await mkdtemp(join(tmpdir(), "gk-files-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
  await rm(out, { recursive: true });
});

function accounts(count: number): Files {
  const texts = Array.from({ length: count }, (_, at) =>
    accountText(`account-${at}`, String(200_000_000_000 + at)),
  );
  const files = Array.from({ length: Math.ceil(count / 500) }, (_, at) => [
    `platform/accounts${at === 0 ? "" : at}.yaml`,
    texts.slice(500 * at, 500 * (at + 1)).join("---\n"),
  ]);
  return { ...PLATFORM_FILES, ...(Object.fromEntries(files) as Files) };
}

/** A set of the organization too, so that every kind of resource is printed. */
const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: everyone}
spec:
  organization:
    reader: {role: "arn:aws:iam::100000000001:role/grantkeeper-system/reader", externalId: gk-reader}
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/grantkeeper-system/observer", externalId: gk-found}
`;

async function run(argv: readonly string[], given: BootstrapGiven) {
  return bootstrapIn(root, ["--organization", ...argv], given);
}

/** By their paths, with the content of each. */
async function written(argv: readonly string[], given: BootstrapGiven): Promise<ReadonlyMap<string, string>> {
  const { code, err } = await run([...argv, "--out", out], given);
  if (code !== 0) throw new Error(err);
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(out.length + 1), await readFile(path, "utf8")] as const;
      }),
    ),
  );
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the format of the file
function parsed<T>(files: ReadonlyMap<string, string>, path: string): T {
  return JSON.parse(files.get(path) ?? "null") as T;
}

const THREE = { files: { ...accounts(3), "platform/set.yaml": SET } };

describe("bootstrap roles --organization --out writes", () => {
  test("in every format the same roles of each account as without it", async () => {
    const { out: text } = await run(["--format", "json"], THREE);
    const all = ofJson(JSON.parse(text) as Bootstrap);
    const templates = await written(["--format", "cloudformation"], THREE);
    const modules = await written(["--format", "terraform"], THREE);
    const documents = await written(["--format", "json"], THREE);
    const stackSets = await written(["--stacks", "2"], THREE);

    const names = [0, 1, 2].map((at) => `account-${at}`);
    expect(all).toHaveLength(3);
    expect(names.map((name) => ofTemplate(parsed(templates, `accounts/${name}.json`)))).toEqual(all);
    expect(names.map((name) => ofTerraform(parsed(modules, `accounts/${name}/grantkeeper.tf.json`)))).toEqual(
      all,
    );
    expect(names.flatMap((name) => ofJson(parsed(documents, `accounts/${name}.json`)))).toEqual(all);
    expect([
      ...ofStackSets(parsed(stackSets, "accounts-1-of-2.json")),
      ...ofStackSets(parsed(stackSets, "accounts-2-of-2.json")),
    ]).toEqual([all[0], all[2], all[1]]);
  });

  test("the organization apart, with all that it had before, as templates that CloudFormation accepts", async () => {
    const { out: text } = await run([], THREE);
    const files = await written(["--stacks", "2"], THREE);

    const { Conditions, Resources } = JSON.parse(text) as CloudFormationTemplate;
    const organization = parsed<CloudFormationTemplate>(files, "organization.json");
    const own = Object.entries(Resources).filter(([id]) => !/^Account\d*/.test(id) && id !== "Protection");
    expect(organization.Conditions).toEqual(Conditions);
    expect(organization.Resources).toMatchObject(Object.fromEntries(own));
    expect(organization.Resources["Protection"]?.["Properties"]).toEqual(
      Resources["Protection"]?.["Properties"],
    );
    expect(await templateErrors(organization)).toEqual([]);
    expect(await templateErrors(parsed(files, "accounts-1-of-2.json"))).toEqual([]);
  });

  test("modules of Terraform: one account needs no provider of its own, the organization three", async () => {
    const files = await written(["--format", "terraform"], THREE);

    const account = parsed<TerraformFile>(files, "accounts/account-0/grantkeeper.tf.json");
    expect(await terraformErrors(account)).toEqual([]);
    expect(account.terraform).toEqual({ required_providers: { aws: { source: "hashicorp/aws" } } });
    const organization = parsed<TerraformFile>(files, "organization/grantkeeper.tf.json");
    expect(await terraformErrors(organization)).toEqual([]);
    const { terraform, resource } = organization;
    expect(JSON.stringify(terraform)).toContain(
      '["aws.reader_everyone","aws.grantkeeper_base","aws.organization"]',
    );
    expect(Object.keys(resource).sort()).toEqual([
      "aws_cloudformation_stack_set",
      "aws_cloudformation_stack_set_instance",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_organizations_policy",
      "aws_organizations_policy_attachment",
    ]);
  });

  test("JSON in the published form", async () => {
    const files = await written(["--format", "json"], THREE);

    for (const path of files.keys()) checkPublished("bootstrap-roles", parsed(files, path));
    const { base, serviceControlPolicy } = parsed<Bootstrap>(files, "organization.json");
    expect([base, serviceControlPolicy]).not.toContain(null);
  });

  test("what belongs to the account of the process: the policy of its role, and a template for each queue of pushes", async () => {
    const queue = { arn: "arn:aws:sqs:eu-west-1:999900001111:pushes", repository: "permissions" };
    const given = { ...THREE, settings: { sources: [{ kind: "queue" as const, ...queue }] } };
    const files = await written(["--stacks", "2"], given);
    const { base, pushQueues } = JSON.parse((await run(["--format", "json"], given)).out) as Bootstrap;

    const template = parsed<CloudFormationTemplate>(files, "base.json");
    expect(Object.values(template.Resources)).toMatchObject([
      {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: {
          ManagedPolicyName: "grantkeeper-base-1",
          Roles: ["grantkeeper-base"],
          PolicyDocument: base?.policy,
        },
      },
    ]);
    expect(await templateErrors(template)).toEqual([]);
    expect(parsed(files, "push-queues/999900001111-eu-west-1-pushes.json")).toEqual(pushQueues[0]?.template);
  });

  test("each stack set into the same template when accounts are added, because its move would delete roles", async () => {
    const before = await written(["--stacks", "5"], { files: accounts(20) });
    const after = await written(["--stacks", "5"], { files: accounts(40) });

    const idsOf = (files: ReadonlyMap<string, string>, path: string): readonly string[] =>
      Object.keys(parsed<CloudFormationTemplate>(files, path).Resources);
    const shares = [...before.keys()].filter((path) => path.startsWith("accounts-"));
    expect(shares.sort()).toEqual([1, 2, 3, 4, 5].map((at) => `accounts-${at}-of-5.json`));
    for (const path of shares)
      expect(idsOf(after, path)).toEqual(expect.arrayContaining([...idsOf(before, path)]));
  });

  test("and names the files that are not of this run", async () => {
    await writeFile(join(out, "old.json"), "{}");
    await writeFile(join(out, "README.md"), "of the pipeline");

    const { err, out: text } = await run(["--format", "json", "--out", out], THREE);

    expect(err.replaceAll(/\s+/g, " ")).toContain("no longer declared: old.json ");
    expect(text).toBe(`Wrote 4 files below ${out}.\n`);
  });
});

test("300 accounts are refused as one template, with a number of stacks that fits and leaves space for as many again", async () => {
  const given = { files: accounts(300) };
  const { code, err } = await run([], given);
  const hint = err.replaceAll(/\s+/g, " ");
  const [, count = ""] = /--out FOLDER --stacks (\d+)/.exec(hint) ?? [];

  expect([code, hint.includes("the template of 300 accounts has ")]).toEqual([1, true]);
  const files = await written(["--stacks", count], given);
  const sizes = [...files.values()].map((text) => Buffer.byteLength(text));
  expect(files.size).toBe(Number(count) + 2);
  expect(Math.max(...sizes)).toBeLessThan(500_000);
  expect((await run(["--out", out, "--stacks", "2"], given)).err.replaceAll(/\s+/g, " ")).toContain(
    `accounts-1-of-2.json has`,
  );
});

test("3,000 accounts: a small template for each, and an organization whose policies AWS accepts", async () => {
  const given = { files: accounts(3_000) };
  const { code, err } = await run(["--format", "json", "--out", out], given);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const { base, serviceControlPolicy } = JSON.parse(
    await readFile(join(out, "organization.json"), "utf8"),
  ) as Bootstrap;

  expect(base?.managedPolicies).toEqual([]);
  expect(base?.policy.Statement).toEqual([
    {
      Sid: "RolesOfTheOrganization",
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Resource: [
        "arn:aws:iam::*:role/grantkeeper-system/observer",
        "arn:aws:iam::*:role/grantkeeper-system/writer",
      ],
      Condition: { StringEquals: { "aws:ResourceOrgID": "o-a1b2c3d4e5" } },
    },
  ]);
  expect(policyLength(serviceControlPolicy?.Statement ?? [])).toBeLessThan(5_120);
  expect(await readdir(join(out, "accounts"))).toHaveLength(3_000);
});

test("the policies of the base role have its name: two installations may share an account", async () => {
  const { out: text } = await run(["--format", "json"], { files: accounts(600) });

  const { base } = JSON.parse(text) as Bootstrap;
  expect(base?.managedPolicies.map(({ arn }) => arn)).toEqual(
    [1, 2].map((at) => `arn:aws:iam::999900001111:policy/grantkeeper-system/grantkeeper-base-${at}`),
  );
});

test("a note names the quota of stack sets where there are more", async () => {
  const { code, err } = await run(["--out", out, "--stacks", "50"], { files: accounts(1_001) });

  expect(code).toBe(0);
  expect(err).toContain("note:  1001 stack sets: AWS allows 1000 in one account and raises it on request;");
  expect(await readdir(out)).toHaveLength(52);
});

test("a delegated administrator creates every stack set as one, in each format", async () => {
  const given = { ...THREE, settings: { callAs: "DELEGATED_ADMIN" as const } };
  const { out: text } = await run([], given);
  const self = await run([], THREE);
  const terraform = await run(["--format", "terraform"], given);

  const template = JSON.parse(text) as CloudFormationTemplate;
  const sets = Object.values(template.Resources).filter(
    ({ Type }) => Type === "AWS::CloudFormation::StackSet",
  );
  expect(sets).toHaveLength(5);
  for (const set of sets) expect(set["Properties"]).toMatchObject({ CallAs: "DELEGATED_ADMIN" });
  expect(await templateErrors(template)).toEqual([]);
  expect(self.out).not.toContain("CallAs");
  const module = JSON.parse(terraform.out) as TerraformFile;
  expect(await terraformErrors(module)).toEqual([]);
  const { resource } = module;
  for (const type of ["aws_cloudformation_stack_set", "aws_cloudformation_stack_set_instance"])
    expect(resource[type]?.["observers_everyone"]).toMatchObject({ call_as: "DELEGATED_ADMIN" });
});

test.each([
  [["--account", "account-0", "--out", "x"], "--out writes the files of an organization"],
  [["--organization", "--stacks", "2"], "--stacks divides the stack sets of an organization"],
  [
    ["--organization", "--out", "x", "--format", "json", "--stacks", "2"],
    "--stacks divides the stack sets of an organization",
  ],
  [["--organization", "--out", "/dev/null/x"], "cannot write /dev/null/x/"],
])("bootstrap roles %j is refused", async (argv, error) => {
  const { code, err } = await bootstrapIn(root, argv, THREE);

  expect(code).not.toBe(0);
  expect(err).toContain(error);
});
