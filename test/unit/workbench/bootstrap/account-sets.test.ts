import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../../../demo/manifests.ts";
import type { CloudFormationTemplate } from "../../../../src/workbench/bootstrap/cloudformation.ts";
import type { Bootstrap } from "../../../../src/workbench/bootstrap/own-roles.ts";
import type { TerraformFile } from "../../../../src/workbench/bootstrap/terraform.ts";
import { accountText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { ofTemplate, ofTerraform } from "../../../support/policies/bootstrap-content.ts";
import {
  bootstrapIn,
  templateErrors,
  terraformErrors,
  type BootstrapGiven,
} from "../../../support/screens/bootstrap.ts";
import type { CliRun } from "../../../support/screens/cli.ts";
import { checkPublished } from "../../../support/screens/published.ts";

const MANAGEMENT = "100000000001";
const FOUND = "333333333333";

interface SetText {
  readonly selection?: string;
  readonly reader?: string;
  readonly observer?: string;
  readonly partition?: string;
}

function setText(name: string, text: SetText = {}): string {
  const { selection = "", reader = "gk-reader", observer = "observer", partition = "aws" } = text;
  const arn = (account: string, role: string): string =>
    `arn:${partition}:iam::${account}:role/grantkeeper-system/${role}`;
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: ${name}}
spec:
  organization: {reader: {role: "${arn(MANAGEMENT, "reader")}", externalId: ${reader}}${selection}}
  template:
    regions: [${partition === "aws" ? "eu-west-1" : "cn-north-1"}]
    partition: ${partition}
    observer: {role: "${arn("${account.id}", observer)}", externalId: gk-found}
`;
}

function files(...sets: readonly string[]): Files {
  return { "platform/sets.yaml": sets.join("---\n") };
}

const DECLARED: Files = { ...PLATFORM_FILES, "platform/accounts.yaml": accountText("prod", "222222222222") };
const WITHOUT_MANAGEMENT = `, except: ["${MANAGEMENT}"]`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-sets-"));
});
afterEach(() => rm(root, { recursive: true }));

async function bootstrap(argv: readonly string[], given: BootstrapGiven): Promise<CliRun> {
  return bootstrapIn(root, argv, given);
}

async function printed<T>(argv: readonly string[], given: BootstrapGiven): Promise<T> {
  const { code, out, err } = await bootstrap(argv, given);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as T;
}

interface Targets {
  readonly OrganizationalUnitIds: readonly string[];
  readonly AccountFilterType?: string;
  readonly Accounts?: readonly string[];
}

interface StackSetProperties {
  readonly TemplateBody: string;
  readonly StackInstancesGroup: readonly [{ readonly DeploymentTargets: Targets }];
}

function propertiesOf({ Resources }: CloudFormationTemplate, id: string): StackSetProperties {
  return Resources[id]?.["Properties"] as StackSetProperties;
}

function targetsOf(template: CloudFormationTemplate, id: string): Targets {
  return propertiesOf(template, id).StackInstancesGroup[0].DeploymentTargets;
}

describe("bootstrap roles --organization prints for AccountSets that observe an organization", () => {
  test("reader and observer, also if no manifest declares an account, the same in every format", async () => {
    const given = { files: files(setText("everyone", { selection: WITHOUT_MANAGEMENT })) };
    const json = await printed<Bootstrap>(["--organization", "--format", "json"], given);
    const template = await printed<CloudFormationTemplate>(["--organization"], given);
    const terraform = await printed<TerraformFile>(["--organization", "--format", "terraform"], given);

    checkPublished("bootstrap-roles", json);
    const [reader] = json.accountSets.readers;
    const [observer] = json.accountSets.observers;
    expect(json.accounts).toEqual([]);
    expect(reader).toMatchObject({
      accountSets: ["everyone"],
      accountId: MANAGEMENT,
      role: { identity: "reader", name: "reader", path: "/grantkeeper-system/", externalId: "gk-reader" },
    });
    expect(observer?.role).toMatchObject({ name: "observer", externalId: "gk-found" });
    expect(ofTemplate(template).roles["reader"]?.policies).toEqual({ reader: reader?.role.policy });
    expect(await terraformErrors(terraform)).toEqual([]);
    expect(ofTerraform(terraform, "reader_everyone_").roles["reader"]?.trust).toEqual(reader?.role.trust);
    const module = terraform.resource["aws_cloudformation_stack_set"]?.["observers_everyone"];
    expect(module).toMatchObject({ permission_model: "SERVICE_MANAGED", auto_deployment: { enabled: true } });
    expect(terraform.resource["aws_cloudformation_stack_set_instance"]?.["observers_everyone"]).toMatchObject(
      {
        stack_set_name: "${aws_cloudformation_stack_set.observers_everyone.name}",
        deployment_targets: { organizational_unit_ids: ["r-ab12"], account_filter_type: "DIFFERENCE" },
      },
    );
    expect(JSON.stringify(terraform.terraform)).toContain("aws.reader_everyone");
  });

  test("a template of the observer in which CloudFormation writes the id of each account", async () => {
    const given = { files: files(setText("everyone", { selection: WITHOUT_MANAGEMENT })) };
    const template = await printed<CloudFormationTemplate>(["--organization"], given);
    const one = await printed<CloudFormationTemplate>(["--account", FOUND], given);

    const body = propertiesOf(template, "ObserversEveryone").TemplateBody;
    const resolved = JSON.parse(body, (_, value: unknown) =>
      typeof value === "object" && value !== null && "Fn::Sub" in value
        ? String(value["Fn::Sub"]).replaceAll("${AWS::AccountId}", FOUND)
        : value,
    ) as CloudFormationTemplate;
    expect(ofTemplate(resolved)).toEqual(ofTemplate(one));
    expect(body).not.toContain("000000000000");
    expect(await templateErrors(template)).toEqual([]);
  });

  test("the reader in the stack itself if it is its account, and by a stack set if not", async () => {
    const given = { files: files(setText("every.one")) };
    const { Conditions, Resources } = await printed<CloudFormationTemplate>(["--organization"], given);

    expect(Conditions).toEqual({
      ReaderEveryOneIsHere: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, MANAGEMENT] },
      ReaderEveryOneIsElsewhere: { "Fn::Not": [{ Condition: "ReaderEveryOneIsHere" }] },
    });
    expect(Resources["ReaderEveryOneReader"]).toMatchObject({
      Type: "AWS::IAM::Role",
      Condition: "ReaderEveryOneIsHere",
    });
    expect(Resources["ReaderEveryOneAccount"]).toMatchObject({ Condition: "ReaderEveryOneIsElsewhere" });
    expect(Resources["Protection"]).toMatchObject({ DependsOn: ["ObserversEveryOne"] });
  });

  const PLACES = [
    {
      because: "a set of the complete organization uses the units of the operator's file",
      sets: [setText("all")],
      targets: { OrganizationalUnitIds: ["r-ab12"] },
    },
    {
      because: "the units of a set",
      sets: [setText("all", { selection: ", units: [ou-ab12-22222222, ou-ab12-11111111]" })],
      targets: { OrganizationalUnitIds: ["ou-ab12-11111111", "ou-ab12-22222222"] },
    },
    {
      because: "two sets with one observer share a stack set; only what both except is left out",
      sets: [
        setText("all", { selection: `, units: [ou-ab12-11111111], except: ["${MANAGEMENT}", "${FOUND}"]` }),
        setText("two", { selection: `, units: [ou-ab12-22222222], except: ["${FOUND}"]` }),
      ],
      targets: {
        OrganizationalUnitIds: ["ou-ab12-11111111", "ou-ab12-22222222"],
        AccountFilterType: "DIFFERENCE",
        Accounts: [FOUND],
      },
    },
    {
      because: "a root contains the units of the other sets",
      sets: [
        setText("all", { selection: ", units: [ou-ab12-11111111]" }),
        setText("two", { selection: ", units: [r-ab12]" }),
      ],
      targets: { OrganizationalUnitIds: ["r-ab12"] },
    },
  ];

  test.each(PLACES)("$because", async ({ sets, targets }) => {
    const template = await printed<CloudFormationTemplate>(["--organization"], { files: files(...sets) });

    expect(targetsOf(template, "ObserversAll")).toEqual(targets);
    expect(Object.keys(template.Resources).filter((id) => id.startsWith("Observers"))).toHaveLength(1);
  });

  test("no observer for an account that a manifest declares: it has its own stack set", async () => {
    const given = { files: { ...DECLARED, ...files(setText("all")) } };

    const template = await printed<CloudFormationTemplate>(["--organization"], given);

    expect(targetsOf(template, "ObserversAll")).toMatchObject({
      AccountFilterType: "DIFFERENCE",
      Accounts: ["222222222222"],
    });
    expect(Object.keys(template.Resources)).toContain("AccountProd");
  });

  test("notes for accounts that get no observer, and for those that get one that no set reads", async () => {
    const sets = files(
      setText("all"),
      setText("tagged", { selection: ", units: [r-ab12], tags: {env: prod}" }),
    );
    const settings = { organizationalUnits: ["ou-ab12-11111111"] };

    const { err } = await bootstrap(["--organization", "--format", "json"], { files: sets, settings });

    expect(err.split("\n")).toEqual([
      "note:  bootstrap.organizationalUnits is not the root: accounts outside of these units get no observer: all",
      "note:  stack sets select no tags: every account of the units gets the observer: tagged",
      `note:  stack sets create nothing in the management account: if ${MANAGEMENT} is one, use --account for its observer, or write it in except`,
      "",
    ]);
  });
});

describe("bootstrap roles refuses", () => {
  const CHINA = setText("china", { partition: "aws-cn" });
  test.each([
    {
      because: "a set of another partition than the base role",
      argv: ["--organization", "--format", "json"],
      sets: [CHINA],
      error: "bootstrap.baseRole is a role of partition aws, and account set china is in aws-cn",
    },
    {
      because: "one reader with two external ids: a role has one trust",
      argv: ["--organization"],
      sets: [setText("one"), setText("two", { reader: "gk-other" })],
      error: "account sets one and two name one reader with two external ids",
    },
    {
      because: "an account that two sets observe with different roles",
      argv: ["--account", FOUND],
      sets: [setText("one"), setText("two", { observer: "auditor" })],
      error: `account sets one and two declare different observers for account ${FOUND}`,
    },
    {
      because: "an account that every set excepts",
      argv: ["--account", MANAGEMENT],
      sets: [setText("one", { selection: WITHOUT_MANAGEMENT })],
      error: `no manifest declares account "${MANAGEMENT}"`,
    },
    {
      because: "a name of an account that no manifest declares",
      argv: ["--account", "dev"],
      sets: [setText("one")],
      error: "valid values: the id of an account that an AccountSet observes",
    },
  ])("$because", async ({ argv, sets, error }) => {
    const { code, out, err } = await bootstrap(argv, { files: files(...sets) });

    expect(code).not.toBe(0);
    expect(err).toContain(error);
    expect(out).toBe("");
  });
});
