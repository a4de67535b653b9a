import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AttachRolePolicyCommand, CreatePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterEach, expect, test } from "@jest/globals";
import { desiredOf } from "../../../demo/manifests.ts";
import { seedConsoleUser } from "../../../demo/seed.ts";
import { BASE_ACCOUNT, BASE_ROLE, seedBase } from "../../../src/simulator/seed.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import {
  addAccount,
  addMember,
  addOrganization,
  emptyWorld,
  type AccessKey,
} from "../../../src/simulator/world.ts";
import type { CloudFormationTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import { observedAccount } from "../../../src/model/aws/found-account.ts";
import { parseAccountId } from "../../../src/model/aws/ids.ts";
import { TestClock } from "../../support/fakes/test-clock.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { createAs, createOrganization } from "../../support/installation/bootstrapped.ts";
import { openAws } from "../../support/installation/compose.ts";
import { accountText, PLATFORM_FILES } from "../../support/manifests.ts";
import { bootstrapIn } from "../../support/screens/bootstrap.ts";
import { orThrow } from "../../../src/model/values/result.ts";

const MANAGEMENT = "100000000001";
const MEMBER = "200000000009";
const NAMES = ["cards", "shop"];
const ORGANIZATION = "o-a1b2c3d4e5";
const SET = `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: everyone}
spec:
  organization:
    reader: {role: "arn:aws:iam::${MANAGEMENT}:role/grantkeeper-system/reader", externalId: gk-reader}
    except: ["${MANAGEMENT}", "${BASE_ACCOUNT}"]
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/grantkeeper-system/observer", externalId: gk-found}
`;
const FILES = {
  ...PLATFORM_FILES,
  "platform/accounts.yaml": NAMES.map((name, at) => accountText(name, String(200_000_000_000 + at))).join(
    "---\n",
  ),
  "platform/set.yaml": SET,
};

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "gk-files-"));
  opened.push(() => rm(path, { recursive: true }));
  return path;
}

/** An organization without any role of Grantkeeper but that of the process. */
async function emptyOrganization(): Promise<{ readonly simulator: Simulator; readonly base: AccessKey }> {
  const world = emptyWorld();
  const base = seedBase(world, ORGANIZATION);
  addAccount(world, { id: MANAGEMENT });
  const organization = addOrganization(world, ORGANIZATION, MANAGEMENT);
  addMember(organization, { id: BASE_ACCOUNT, name: "platform", parentId: organization.rootId });
  addMember(organization, { id: MEMBER, name: "found", parentId: organization.rootId });
  addAccount(world, { id: MEMBER, organizationId: ORGANIZATION });
  for (const at of NAMES.keys()) addAccount(world, { id: String(200_000_000_000 + at) });
  const simulator = await startSimulator({ world });
  opened.push(() => simulator.close());
  return { simulator, base };
}

async function template(out: string, path: string): Promise<CloudFormationTemplate> {
  return JSON.parse(await readFile(join(out, path), "utf8")) as CloudFormationTemplate;
}

interface BaseProperties {
  readonly ManagedPolicyName: string;
  readonly Path: string;
  readonly PolicyDocument: unknown;
  readonly Roles: readonly string[];
}

async function createBase({ Resources }: CloudFormationTemplate, simulator: Simulator): Promise<void> {
  const key = seedConsoleUser(simulator.world, BASE_ACCOUNT);
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
  const iam = new IAMClient({ endpoint: simulator.endpoint, region: "us-east-1", credentials });
  for (const { Properties } of Object.values(Resources)) {
    const { ManagedPolicyName: PolicyName, Path, PolicyDocument, Roles } = Properties as BaseProperties;
    const input = { PolicyName, Path, PolicyDocument: JSON.stringify(PolicyDocument) };
    const { Policy } = await iam.send(new CreatePolicyCommand(input));
    for (const RoleName of Roles)
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  }
  iam.destroy();
}

test("the files of bootstrap roles --out, deployed one by one, are all that the identities need", async () => {
  const [root, out] = [await folder(), await folder()];
  const { simulator, base } = await emptyOrganization();
  const argv = ["--organization", "--format", "cloudformation", "--out", out];
  const run = await bootstrapIn(root, argv, { files: FILES, settings: { organizationalUnits: ["r-d4e5"] } });
  expect(run).toMatchObject({ code: 0 });
  expect((await readdir(out)).sort()).toEqual(["accounts", "base.json", "organization.json"]);

  const desired = desiredOf(FILES, "test-1");
  const [set] = desired.accountSets;
  const member = parseAccountId(MEMBER);
  if (set === undefined || member === undefined) throw new Error("the set is missing");
  for (const { name, id } of desired.accounts.values()) {
    const key = seedConsoleUser(simulator.world, id);
    await createAs(key, await template(out, `accounts/${name}.json`), simulator);
  }
  await createBase(await template(out, "base.json"), simulator);
  await createOrganization(await template(out, "organization.json"), simulator);

  const clock = new TestClock();
  const aws = openAws({
    endpoint: simulator.endpoint,
    accessKey: base,
    clock,
    telemetry: new MemoryTelemetry(),
  });
  const { signal } = new AbortController();
  const accounts = [...desired.accounts.values(), observedAccount(set, { id: member, name: "found" })];
  const checks = await Promise.all(accounts.map((account) => aws.doctor.examine(account, signal)));
  const found = orThrow(await aws.organizations.accountsOf(set, signal));
  aws.close();

  expect(
    checks
      .flat()
      .filter(({ outcome }) => outcome !== "passed")
      .map(({ what, detail }) => [what, detail]),
  ).toEqual([]);
  expect(checks.map((all) => all.filter(({ what }) => what.startsWith("sts:AssumeRole")).length)).toEqual([
    2, 2, 1,
  ]);
  expect(found.map(({ id }) => id)).toEqual([MEMBER]);
  expect(simulator.world.accounts[BASE_ACCOUNT]?.iam.roles["grantkeeper-base"]).toMatchObject({
    arn: BASE_ROLE,
    attached: [`arn:aws:iam::${BASE_ACCOUNT}:policy/grantkeeper-system/grantkeeper-base-1`],
  });
});
