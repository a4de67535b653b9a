import { afterEach, describe, expect, test } from "@jest/globals";
import { addRole, type WorldState } from "../../src/simulator/world.ts";
import { estate, functions, keyOf, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText } from "../support/manifests.ts";

const ACCOUNT = accountText(
  "prod",
  PROD,
  `  functionRole: manage
  binder: {role: "arn:aws:iam::${PROD}:role/grantkeeper-system/binder", externalId: gk-test}
`,
);
const ELSEWHERE = `arn:aws:iam::${PROD}:role/elsewhere`;
const QUEUE = `arn:aws:sqs:eu-west-1:${PROD}:jobs`;
const files = (spec: string) => estate(functions(["a"], `${spec}  functionRole: manage\n`), ACCOUNT);
const CONSUMING = READ_ORDERS.replace("grants: [", "grants: [{sqs: {queue: jobs, allow: [consume]}}, ");

describe("a function that polls a queue, on a role that is not ours", () => {
  let installation: Installation;
  afterEach(() => installation.stop());

  const roleOf = (): unknown =>
    installation.world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.versions["$LATEST"]?.["Role"];

  test("is switched only after a check that its declared role can poll the queue", async () => {
    installation = await Installation.start({
      files: files(READ_ORDERS),
      seed: ({ world }) => {
        addRole(world, { accountId: PROD, name: "elsewhere" });
        const lambda = world.accounts[PROD]?.lambda["eu-west-1"];
        const latest = lambda?.functions["a"]?.versions["$LATEST"];
        if (lambda === undefined || latest === undefined) throw new Error("there is no function");
        Object.assign(latest, { Role: ELSEWHERE });
        lambda.eventSourceMappings.push({
          UUID: "1",
          FunctionArn: `arn:aws:lambda:eu-west-1:${PROD}:function:a`,
          LastModified: "2026-01-01T00:00:00.000Z",
          EventSourceArn: QUEUE,
        });
      },
    });
    await installation.converge();
    const unmet = await installation.condition(keyOf("a"), "Ready");

    const kind = { kind: "error", code: "AccessDeniedException", message: "no", status: 403 } as const;
    installation.simulator.addFault({ operation: "ListEventSourceMappings", kind });
    await installation.converge(files(CONSUMING));
    const unchecked = await installation.condition(keyOf("a"), "Ready");
    const before = roleOf();
    installation.simulator.clearFaults();
    await installation.restart();
    await installation.converge();

    expect(unmet).toMatchObject({ status: "False", reason: "DependencyNotReady" });
    expect(unmet?.message).toContain(QUEUE);
    expect(unchecked).toMatchObject({ status: "False", reason: "DependencyNotReady" });
    expect(unchecked?.message).toContain("not checked");
    expect([before, roleOf()]).toEqual([ELSEWHERE, `arn:aws:iam::${PROD}:role/grantkeeper/a-eu-west-1`]);
  });
});

describe("a function that another tool moves just before the call that would switch it", () => {
  let installation: Installation;
  afterEach(() => installation.stop());

  test("stays on the role that the tool gave it, and its switch from there needs another approval", async () => {
    const moved = `arn:aws:iam::${PROD}:role/moved`;
    const latest = (world: WorldState) =>
      world.accounts[PROD]?.lambda["eu-west-1"]?.functions["a"]?.versions["$LATEST"];
    installation = await Installation.start({
      files: files(READ_ORDERS),
      seed: ({ world }) => {
        for (const name of ["elsewhere", "moved"]) addRole(world, { accountId: PROD, name });
        Object.assign(latest(world) ?? {}, { Role: ELSEWHERE });
      },
    });
    await installation.converge();
    let reads = 0;
    installation.simulator.watch(({ when, operation }) => {
      if (when === "after" || operation !== "GetFunctionConfiguration") return "go-on";
      reads += 1;
      // The first one is for the plan, the second for the revision ID of the call.
      if (reads === 2) Object.assign(latest(installation.world) ?? {}, { Role: moved });
      return "go-on";
    });
    await installation.approveAll();
    await installation.until("the switch is tried", () => reads >= 2);
    await installation.settled();

    expect(latest(installation.world)?.Role).toBe(moved);
    expect(installation.writes().map(({ operation }) => operation)).not.toContain(
      "UpdateFunctionConfiguration",
    );
    expect((await installation.holds()).map(({ reason }) => reason)).toEqual([
      expect.stringContaining(`the function leaves ${moved}`),
    ]);
  });
});
