import { DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../src/simulator/world.ts";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  type Estate,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const ELSEWHERE = `arn:aws:iam::${PROD}:role/elsewhere`;
const CALM = estate(functions(["f1"], READ_ORDERS));
const VICTIM = functions(["victim"], READ_ORDERS, "thieves");
const REASON = `first claim of function victim, which runs on ${ELSEWHERE} and has callers (s3.amazonaws.com)`;

/** The victim is deployed by another team, on a role of its own. */
function runElsewhere({ world }: Estate, name = "victim"): void {
  if (world.accounts[PROD]?.iam.roles["elsewhere"] === undefined)
    addRole(world, { accountId: PROD, name: "elsewhere" });
  const latest = world.accounts[PROD]?.lambda["eu-west-1"]?.functions[name]?.versions["$LATEST"];
  if (latest === undefined) throw new Error("there is no function");
  Object.assign(latest, { Role: ELSEWHERE });
}

let installation: Installation;
afterEach(() => installation.stop());

const world = (): string => JSON.stringify(installation.world.accounts[PROD]);
const roleOf = (name: string) => installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)];
const reasons = async (): Promise<readonly string[]> =>
  (await installation.holds()).map(({ code, reason }) => `${code}: ${reason}`);

async function calledByBucket(): Promise<void> {
  const command = new AddPermissionCommand({
    FunctionName: "victim",
    StatementId: "uploads",
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
    SourceArn: "arn:aws:s3:::uploads",
    SourceAccount: PROD,
  });
  await installation.consoleOf(PROD).lambda.send(command);
}

describe("in an account that has started to enforce", () => {
  beforeEach(async () => {
    installation = await Installation.start({
      files: CALM,
      worldOf: { ...CALM, ...VICTIM },
      seed: runElsewhere,
    });
    await installation.converge();
    await calledByBucket();
  });

  test("a manifest that claims a live function of others is held, and AWS is untouched", async () => {
    const before = [installation.writes().length, world()];
    await installation.push({ ...CALM, ...VICTIM });
    await installation.settled();
    // The inventory and the conditions of a held plan are recorded: they must not count as a claim.
    await installation.restart();
    await installation.settled();

    expect(await reasons()).toEqual([`first-claim: ${REASON}`]);
    expect([installation.writes().length, world()]).toEqual(before);
    expect(await installation.condition(keyOf("victim", "thieves"), "Ready")).toMatchObject({
      reason: "AwaitingApproval",
      message: expect.stringContaining(REASON),
    });
  });

  test("an approved claim is applied, and neither a restart nor a revert is held again", async () => {
    await installation.converge({ ...CALM, ...VICTIM });
    const applied = roleOf("victim")?.inline["grantkeeper"];
    await installation.restart();
    await installation.settled();
    const { iam } = installation.consoleOf(PROD);
    const inline = { RoleName: roleNameOf("victim"), PolicyName: "grantkeeper" };
    await iam.send(new DeleteRolePolicyCommand(inline));
    await installation.settled();

    expect(applied).toContain("dynamodb:GetItem");
    expect(roleOf("victim")?.inline["grantkeeper"]).toBe(applied);
    expect(await reasons()).toEqual([]);
  });

  test("an applied manifest that changes its function to a live one of others is held", async () => {
    await installation.converge({ ...CALM, ...functions(["mine"], READ_ORDERS, "thieves") });
    const before = [installation.writes().length, world()];
    await installation.push({
      ...CALM,
      ...functions(["mine"], `  function: victim\n${READ_ORDERS}`, "thieves"),
    });
    await installation.settled();

    expect(await reasons()).toEqual([`first-claim: ${REASON}`]);
    expect([installation.writes().length, world()]).toEqual(before);
  });

  test("a change of the function that needs no write is no claim: what is declared for it later is held", async () => {
    const { lambda } = installation.consoleOf(PROD);
    await lambda.send(new RemovePermissionCommand({ FunctionName: "victim", StatementId: "uploads" }));
    const spec = `  logs: false\n  role: {name: mine}\n${READ_ORDERS}`;
    await installation.converge({ ...CALM, ...functions(["mine"], spec, "thieves") });
    const before = [installation.writes().length, world()];
    const changed = `  function: victim\n${spec}`;
    await installation.push({ ...CALM, ...functions(["mine"], changed, "thieves") });
    await installation.settled();
    const whileNothingIsWritten = await reasons();
    await installation.push({ ...CALM, ...functions(["mine"], changed + CALLED_BY_TOPIC, "thieves") });
    await installation.settled();

    expect(whileNothingIsWritten).toEqual([]);
    expect(await reasons()).toEqual([
      `first-claim: first claim of function victim, which runs on ${ELSEWHERE}`,
    ]);
    expect([installation.writes().length, world()]).toEqual(before);
  });

  test("a function that does not exist yet is not held", async () => {
    await installation.push({ ...CALM, ...functions(["new"], READ_ORDERS, "thieves") });
    await installation.settled();

    expect(await reasons()).toEqual([]);
    expect(roleOf("new")?.inline["grantkeeper"]).toContain("dynamodb:GetItem");
  });
});

test("the first enforcing pass holds a claim once, together with everything else", async () => {
  const files = { ...CALM, ...VICTIM };
  installation = await Installation.start({ files, seed: runElsewhere });
  await calledByBucket();
  await installation.settled();
  const first = await reasons();
  await installation.approveAll();
  await installation.settled();

  expect(first).toEqual(["first-enforcing-pass: first enforcing run"]);
  expect(await reasons()).toEqual([]);
  expect(roleOf("victim")?.inline["grantkeeper"]).toContain("dynamodb:GetItem");
});

test("a first enforcing run whose boundary does not exist yet is one approval of all functions once it does", async () => {
  const files = estate(functions(["one", "two"], READ_ORDERS, "thieves"));
  const policies: Record<string, unknown> = {};
  installation = await Installation.start({
    files,
    seed: (seeded) => {
      const account = seeded.world.accounts[PROD];
      if (account === undefined) throw new Error("there is no account");
      for (const [arn, policy] of Object.entries(account.iam.policies)) {
        if (!arn.includes("/grantkeeper-boundary/")) continue;
        policies[arn] = policy;
        Reflect.deleteProperty(account.iam.policies, arn);
      }
      for (const name of ["one", "two"]) runElsewhere(seeded, name);
    },
  });
  await installation.settled();
  await installation.approveAll();
  await installation.settled();
  const missing = [await reasons(), installation.writes().length];
  Object.assign(installation.world.accounts[PROD]?.iam.policies ?? {}, policies);
  await installation.settled();
  const holds = await installation.holds();

  expect(missing).toEqual([[], 0]);
  expect(holds.map(({ code, keys }) => [code, keys.length])).toEqual([["first-enforcing-pass", 2]]);
});
