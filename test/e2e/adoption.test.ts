import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Files } from "../../demo/manifests.ts";
import { createAws } from "../../src/aws/create-aws.ts";
import { PUBLIC_AWS } from "../../src/aws/requests/clients.ts";
import type { Estate } from "../../src/adopt/estate/estate.ts";
import { parseRegion } from "../../src/model/aws/ids.ts";
import { DIRECT } from "../../src/model/network/proxy.ts";
import { addEstate } from "../../src/simulator/estate/estate.ts";
import { orThrow } from "../../src/model/values/result.ts";
import { importPlan } from "../support/adopt/import.ts";
import { SILENT } from "../support/git/git-source.ts";
import { CLOCK } from "../support/installation/compose.ts";
import { BOUNDARY, estate, PROD } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";
import { STEADY_LOOP } from "../support/event-loop.ts";

const REGION = "eu-west-1";
/** Enough for each of the 26 situations, with the first pairs. */
const FUNCTIONS = 60;

/** As platforms write it: the services with data, and nothing of IAM. */
const DATA_SERVICES =
  "cloudwatch dynamodb ec2 events kinesis kms lambda logs s3 secretsmanager sns sqs ssm states xray"
    .split(" ")
    .map((service) => `"${service}:*"`)
    .join(", ");
const DENY_IAM = `      - {Effect: Deny, Action: "iam:*", Resource: "*"}\n`;

const ENFORCED_ACCOUNT: Files = {
  ...estate({}),
  "platform/boundary.yaml": BOUNDARY.replace(/Action: .*/, `Action: [${DATA_SERVICES}]`) + DENY_IAM,
};
const OBSERVED_ACCOUNT: Files = {
  ...ENFORCED_ACCOUNT,
  "platform/accounts.yaml": accountText("prod", PROD).replace("mode: enforce", "mode: observe"),
};

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.start({
    files: OBSERVED_ACCOUNT,
    worldOf: ENFORCED_ACCOUNT,
    mode: "enforce",
    withinMs: 100_000,
    seed: ({ world }) => {
      addEstate(world, { accountId: PROD, region: REGION, functions: FUNCTIONS, seed: 8 });
    },
  });
});
afterEach(() => installation.stop());

/** What `import` reads, through the adapter of the controller. */
async function readEstate(): Promise<Estate> {
  const { base, desired } = installation.estate;
  const [account] = desired.accounts.values();
  const region = parseRegion(REGION);
  if (account === undefined || region === undefined) throw new Error("the account is not declared");
  const aws = createAws({
    network: { ...PUBLIC_AWS, simulator: installation.simulator.endpoint, routes: DIRECT },
    baseCredentials: { accessKeyId: base.id, secretAccessKey: base.secret },
    clock: CLOCK,
    eventLoop: STEADY_LOOP,
    random: { next: () => 0.5, hex: (bytes) => "0".repeat(2 * bytes) },
    telemetry: SILENT,
    budgets: "unlimited",
    env: {},
    fetchTimeoutMs: 5_000,
  });
  try {
    const request = { account, region, pass: "import", ofAccount: null, progress: () => undefined };
    const read = orThrow(await aws.estates.read(request, new AbortController().signal));
    if (read.kind === "unknown") throw new Error(read.reason);
    return { ...read.value, account: { ...read.value.account, name: account.name } };
  } finally {
    aws.close();
  }
}

const iam = () => {
  const account = installation.world.accounts[PROD];
  if (account === undefined) throw new Error("the account is gone");
  return account.iam;
};
const rolesAt = (isOurs: boolean) =>
  Object.values(iam().roles).filter(({ path }) => (path === "/grantkeeper/") === isOurs);
const callers = () =>
  Object.values(installation.world.accounts[PROD]?.lambda[REGION]?.functions ?? {}).map(
    ({ policies }) => policies,
  );
/** Everything that permits something, without tags. */
const documents = (): string =>
  JSON.stringify([Object.values(iam().roles).map((role) => ({ ...role, tags: [] })), callers()]);
const operationsFrom = (start: number): readonly string[] =>
  installation
    .writes()
    .slice(start)
    .map(({ operation }) => operation);

function inMode(files: Files, mode: string): Files {
  const entries = Object.entries(files).map(([path, text]) => [
    path,
    text.replace("\n  mode: observe\n", `\n  mode: ${mode}\n`),
  ]);
  return { ...Object.fromEntries(entries), ...ENFORCED_ACCOUNT };
}

test("an estate with every situation is imported and observed without a write, enforced without touching an old role or a caller, silent in the next pass, and released with its documents as they were", async () => {
  const plan = importPlan(await readEstate(), { files: OBSERVED_ACCOUNT });
  const imported = Object.fromEntries(plan.files.map(({ path, text }) => [path, text]));
  await installation.converge({ ...OBSERVED_ACCOUNT, ...imported });
  const observed = operationsFrom(0);
  const [oldRoles, oldCallers] = [JSON.stringify(rolesAt(false)), JSON.stringify(callers())];

  await installation.converge(inMode(imported, "enforce"));
  const enforced = operationsFrom(0);
  await installation.look();
  const silent = operationsFrom(enforced.length);
  const [before, tagged] = [documents(), rolesAt(true).length];
  await installation.converge(inMode(imported, "release"));

  expect(observed).toEqual([]);
  expect(plan.files.length).toBeGreaterThan(FUNCTIONS - 5);
  expect(tagged).toBeGreaterThan(30);
  expect([...new Set(enforced)].sort()).toEqual([
    "AttachRolePolicy",
    "CreatePolicy",
    "CreateRole",
    "PutRolePolicy",
  ]);
  expect(JSON.stringify(rolesAt(false))).toBe(oldRoles);
  expect(JSON.stringify(callers())).toBe(oldCallers);
  expect(silent).toEqual([]);
  expect(operationsFrom(enforced.length)).toEqual(Array.from({ length: tagged }, () => "UntagRole"));
  expect(documents()).toBe(before);
  expect(rolesAt(true).flatMap(({ tags }) => tags)).toEqual([]);
}, 400_000);
