import { describe, expect, test } from "@jest/globals";
import { CALLER_SERVICES, ownDocuments } from "../../../src/aws/own/declared.ts";
import { CALLER_ENTRIES } from "../../../src/manifest/callers/catalogue.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { desiredOf, type Files } from "../../../demo/manifests.ts";
import { accountText, functionText, PLATFORM_FILES } from "../../support/manifests.ts";

const ACCOUNT = "222222222222";
const SETTINGS = {
  baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
  organization: "o-a1b2c3d4e5",
  functionKeys: {},
  formerRoles: {},
  sources: [],
  organizationalUnits: [],
  deployers: ["arn:aws:iam::*:role/stacksets-exec-*"],
  callAs: "SELF" as const,
};
const SETUP = { instance: "test-1", settings: SETTINGS };

const account = (spec = ""): Files => ({
  ...PLATFORM_FILES,
  "platform/accounts.yaml": accountText("prod", ACCOUNT, spec),
});
const team = (name: string, spec: string): Files => ({
  [`platform/teams/${name}.yaml`]: `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: ${name}}
spec: ${spec}
`,
});
const writer = (files: Files): readonly Statement[] =>
  ownDocuments(desiredOf(files, "test-1"), SETUP).policy(ACCOUNT, "writer");
const named = (statements: readonly Statement[], sid: string): Statement | undefined =>
  statements.find(({ Sid }) => Sid === sid);

test("the services are those of the catalogue of callers, neither more nor fewer", () => {
  const place = { partition: "aws", accountId: ACCOUNT, region: "eu-west-1" };
  const principals = CALLER_ENTRIES.flatMap((entry) =>
    entry.examples.flatMap((example) => entry.expand(example, place).map(({ Principal }) => Principal)),
  );
  const services = principals.filter((principal) => principal.endsWith(".com"));

  expect([...new Set(services)].sort()).toEqual([...CALLER_SERVICES]);
});

describe("the functions that the writer may open", () => {
  const functions = (files: Files) => named(writer(files), "RemoveInvokePermission")?.Resource;
  const at = (name: string) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;

  test.each([
    { because: "without a Team: all", teams: {}, names: ["*"] },
    {
      because: "an exact name with its aliases and versions",
      teams: team("a", "{accounts: [prod], functions: [orders]}"),
      names: ["orders", "orders:*"],
    },
    {
      because: "a name below the prefix of another Team is not repeated",
      teams: {
        ...team("a", "{accounts: [prod], functions: [orders-api, orders-*]}"),
        ...team("b", "{accounts: [prod], functions: [ord-x]}"),
      },
      names: ["ord-x", "ord-x:*", "orders-*"],
    },
    {
      because: "a Team of another account does not count",
      teams: {
        ...team("a", "{accounts: [prod], functions: [orders-*]}"),
        ...team("b", "{accounts: [staging], functions: [pay-*]}"),
        "platform/staging.yaml": accountText("staging", "333333333333"),
      },
      names: ["orders-*"],
    },
  ])("$because", ({ teams, names }) => {
    const found = functions({ ...account(), ...teams });
    const inRegion = (Array.isArray(found) ? found : []).filter((arn) => String(arn).includes("eu-west-1"));

    expect(inRegion).toEqual(names.map(at));
  });

  test("none if no Team allows one: IAM refuses a statement without a resource", () => {
    const files = {
      ...account(
        `  binder: {role: "arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/binder", externalId: gk-test}\n`,
      ),
      ...team("a", "{accounts: [staging], functions: [orders-*]}"),
      "platform/staging.yaml": accountText("staging", "333333333333"),
    };
    const documents = ownDocuments(desiredOf(files, "test-1"), SETUP);
    const sids = (["writer", "binder"] as const).flatMap((identity) =>
      documents.policy(ACCOUNT, identity).map(({ Sid }) => Sid),
    );

    expect(sids).not.toContain("RemoveInvokePermission");
    expect(sids).not.toContain("SetRole");
    expect(sids).toContain("PassOurRolesToLambda");
  });
});

describe("the callers that the writer may add", () => {
  const callers = (files: Files) => {
    const block = named(writer(files), "AddInvokePermission")?.Condition?.["StringEquals"];
    return block?.["lambda:Principal"] as readonly string[];
  };

  test("are the services of the catalogue and the account itself", () => {
    expect(callers(account())).toEqual([ACCOUNT, ...CALLER_SERVICES].sort());
  });

  test("include the accounts of the fence, with their roles, and everyone only if the fence has an organization", () => {
    const fenced = account('  callerAccounts: ["444455556666"]\n  organizations: [o-a1b2c3d4e5]\n');

    expect(callers(fenced)).toEqual(expect.arrayContaining(["*", "444455556666"]));
    expect(named(writer(fenced), "AddRolesOfAccounts")?.Condition).toEqual({
      StringLike: { "lambda:Principal": [`arn:aws:iam::${ACCOUNT}:*`, "arn:aws:iam::444455556666:*"] },
    });
  });

  test("no team widens them: a foreign account in a manifest does not count, a service that AWS has does", () => {
    const principal = (value: string) =>
      `    - {reason: tested, statement: {Effect: Allow, Principal: {${value}}, Action: "lambda:InvokeFunction"}}\n`;
    const files = {
      ...account(),
      "teams/orders/f.yaml": functionText(
        "orders-api",
        `  invokedBy:\n    - {account: {id: "777788889999"}}\n${principal("Service: scheduler.amazonaws.com")}`,
      ),
    };

    expect(callers(files)).not.toContain("777788889999");
    expect(callers(files)).toContain("scheduler.amazonaws.com");
  });
});

test("the base role pulls the repositories of its account, and assumes the roles that pull others", () => {
  const at = { partition: "aws", region: "eu-west-1" };
  const role = "arn:aws:iam::222222222222:role/permissions-reader";
  const sources = [
    { kind: "repository", ...at, name: "permissions" },
    { kind: "role", roleArn: role },
    { kind: "repository", partition: "aws-cn", region: "cn-north-1", name: "china" },
    { kind: "role", roleArn: role.replace("arn:aws:", "arn:aws-cn:") },
    { kind: "queue", arn: "arn:aws:sqs:eu-west-1:999900001111:pushes", repository: "permissions" },
  ] as const;
  const documents = ownDocuments(desiredOf(account(), "test-1"), {
    ...SETUP,
    settings: { ...SETTINGS, sources },
  });

  expect(documents.base().slice(1)).toEqual([
    {
      Sid: "PullRepositories",
      Effect: "Allow",
      Action: ["codecommit:GitPull"],
      Resource: ["arn:aws:codecommit:eu-west-1:999900001111:permissions"],
    },
    { Sid: "RolesOfRepositories", Effect: "Allow", Action: ["sts:AssumeRole"], Resource: [role] },
    {
      Sid: "ReadPushQueues",
      Effect: "Allow",
      Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      Resource: ["arn:aws:sqs:eu-west-1:999900001111:pushes"],
    },
  ]);
});

test("the base role assumes the roles of its partition, and the SCP names the deployers", () => {
  const files = {
    ...account(),
    "platform/china.yaml": accountText("china", "333333333333")
      .replaceAll("arn:aws:", "arn:aws-cn:")
      .replace(/regions: .*/, "regions: [cn-north-1]\n  partition: aws-cn"),
  };
  const documents = ownDocuments(desiredOf(files, "test-1"), SETUP);

  expect(JSON.stringify(documents.base())).not.toContain("aws-cn");
  expect(documents.base()).toHaveLength(1);
  expect(documents.serviceControl()).toMatchObject([
    {
      Sid: "OnlyDeployersChangeGrantkeeper",
      Condition: { ArnNotLike: { "aws:PrincipalArn": SETTINGS.deployers } },
    },
    { Sid: "OnlyWritersSetOwnershipTags" },
  ]);
  expect(() => documents.policy("000000000000", "writer")).toThrow("no manifest declares account");
});
