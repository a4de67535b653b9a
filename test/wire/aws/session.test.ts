import { afterEach, describe, expect, test } from "@jest/globals";
import type { ActuatorContext } from "../../../src/controller/ports/actuator.ts";
import type { Action } from "../../../src/model/plan.ts";
import { addFunction, addRole, type WorldState } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  actionOf,
  allow,
  never,
  REGION,
  REVISION,
  startAwsWorld,
  trustNoTags,
  trustTags,
  type AwsWorld,
} from "./aws-world.ts";
import { orThrow } from "../../../src/model/values/result.ts";

let world: AwsWorld;
afterEach(() => world.stop());

function seed(state: WorldState): void {
  addRole(state, { accountId: ACCOUNT, name: "orders-api", path: "/grantkeeper/" });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
  });
}

async function apply(action: Action, change: Partial<ActuatorContext> = {}) {
  const context = {
    account: world.account,
    pass: "p7",
    revision: REVISION,
    intent: 41,
    revisionId: null,
    ...change,
  };
  return orThrow(await world.aws.actuator.apply(action, context, never()));
}

const put = actionOf({
  call: "iam:PutRolePolicy",
  input: { RoleName: "orders-api", PolicyName: "grantkeeper", PolicyDocument: allow("s3:GetObject") },
});
const addPermission = actionOf({
  call: "lambda:AddPermission",
  input: {
    FunctionName: "orders-api",
    StatementId: "gk-1",
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
  },
});
const inline = () => world.world.accounts[ACCOUNT]?.iam.roles["orders-api"]?.inline;
const sessionCalls = () => world.simulator.calls().filter(({ operation }) => operation === "AssumeRole");
const warnings = () => world.logged.filter((text) => text.startsWith("session tags"));

describe("the session of a write", () => {
  const otherRole = put.target.replace("orders-api", "other");

  test("is denied every other object, in IAM and in Lambda, and only that object is affected", async () => {
    world = await startAwsWorld(seed);

    const ours = { kind: "circuit", scope: "object" };
    await expect(apply({ ...put, target: otherRole })).rejects.toMatchObject({
      facts: { code: "AccessDenied", lost: false, disposition: ours, denial: { deniedBy: "session policy" } },
    });
    await expect(apply({ ...addPermission, target: otherRole })).rejects.toMatchObject({
      facts: { code: "AccessDenied", lost: false, disposition: ours },
    });
    expect(inline()).toEqual({});
    expect(world.aws.requestLimits.deniedCalls().map(({ scope }) => scope)).toEqual(["object", "object"]);
    expect(world.aws.requestLimits.deniedCalls().map(({ error }) => error.facts.denial?.fix)).toEqual([
      expect.stringMatching(/^this is an error of Grantkeeper/),
      expect.stringMatching(/^this is an error of Grantkeeper/),
    ]);
  });

  test("is kept for the writes of one object in a pass, and another object or pass gets its own", async () => {
    world = await startAwsWorld(seed);
    const opened = (): number => world.simulator.counts()["sts:AssumeRole"] ?? 0;

    await apply(put);
    await apply(put);
    expect(opened()).toBe(1);
    await apply(addPermission);
    await apply(put);
    expect(opened()).toBe(2);
    await apply(put, { pass: "p8" });
    expect(opened()).toBe(3);
  });

  test("of a function's new role can pass this role and use a key of that region, and nothing else", async () => {
    world = await startAwsWorld(seed);
    const input = { FunctionName: "orders-api", Role: put.target };

    await apply(actionOf({ call: "lambda:UpdateFunctionConfiguration", input }));

    const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders-api`;
    expect(JSON.parse(String(sessionCalls()[0]?.input["Policy"]))).toMatchObject({
      Statement: {
        Effect: "Allow",
        Action: ["iam:*", "kms:*", "lambda:*"],
        Resource: [
          `arn:aws:iam::${ACCOUNT}:role/*/orders-api`,
          `arn:aws:iam::${ACCOUNT}:role/orders-api`,
          `arn:aws:kms:${REGION}:*:key/*`,
          functionArn,
          `${functionArn}:*`,
        ],
      },
    });
  });

  test("that AWS rejects as too large stops the object alone, and the fix names transitive tags", async () => {
    world = await startAwsWorld(seed);
    const message = "Packed size of session tags consumes 112% of allotted space.";
    world.simulator.addFault({
      operation: "AssumeRole",
      kind: { kind: "error", code: "PackedPolicyTooLarge", status: 400, message },
      times: 2,
    });

    await expect(apply(put)).rejects.toMatchObject({
      facts: { code: "PackedPolicyTooLarge", disposition: { kind: "circuit", scope: "object" } },
    });
    await apply(addPermission);
    expect(inline()).toEqual({});
  });
});

describe("session tags", () => {
  const TAGS = [
    { Key: "gk-binding", Value: `function/${ACCOUNT}/${REGION}/orders/orders-api` },
    { Key: "gk-change", Value: "9".repeat(40) },
  ];
  const sent = () => sessionCalls().map(({ input, status }) => [status, input["Tags"]]);

  test("name the binding and the commit, if the trust policy allows them", async () => {
    world = await startAwsWorld(seed);

    await apply(put);

    expect(sent()).toEqual([[200, TAGS]]);
    expect(warnings()).toEqual([]);
  });

  test("are left out after one refusal and one warning, if the trust policy does not allow them", async () => {
    world = await startAwsWorld((state) => {
      seed(state);
      trustNoTags(state);
    });

    await apply(put);
    await apply(addPermission);
    await apply(put, { pass: "p8" });

    expect(sent()).toEqual([
      [403, TAGS],
      [200, undefined],
      [200, undefined],
      [200, undefined],
    ]);
    expect(warnings()).toEqual(["session tags are not sent: AWS refuses them"]);
    expect(world.aws.requestLimits.deniedCalls()).toEqual([]);
  });

  test("are tried again after a day, and sent when the trust policy allows them", async () => {
    let nowMs = Date.now();
    const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
    world = await startAwsWorld(
      (state) => {
        seed(state);
        trustNoTags(state);
      },
      { aws: { clock } },
    );

    await apply(put);
    trustTags(world.world);
    await apply(put, { pass: "p8" });
    nowMs += 86_400_000;
    await apply(put, { pass: "p9" });

    expect(sent()).toEqual([
      [403, TAGS],
      [200, undefined],
      [200, undefined],
      [200, TAGS],
    ]);
    expect(warnings().at(-1)).toBe("session tags are sent again");
  });

  test("are sent again with a session that replaces an expired one", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "PutRolePolicy",
      kind: { kind: "error", code: "ExpiredToken", status: 403, message: "expired" },
      times: 1,
    });

    await apply(put);

    expect(sent()).toEqual([
      [200, TAGS],
      [200, TAGS],
    ]);
    expect(new Set(sessionCalls().map(({ input }) => input["Policy"])).size).toBe(1);
  });

  test("that do not fit next to inherited ones are left out for this object, and tried for the next", async () => {
    world = await startAwsWorld(seed);
    const message = "Packed size of session tags consumes 112% of allotted space.";
    world.simulator.addFault({
      operation: "AssumeRole",
      kind: { kind: "error", code: "PackedPolicyTooLarge", status: 400, message },
      times: 1,
    });

    await apply(put);
    await apply(addPermission);

    expect(sent()).toEqual([
      [400, TAGS],
      [200, undefined],
      [200, TAGS],
    ]);
    expect(warnings()).toEqual(["session tags are not sent: AWS refuses them"]);
  });
});
