import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { EstatePart } from "../../../src/adopt/estate/estate.ts";
import type { RoleAccess } from "../../../src/adopt/estate/role-access.ts";
import { accountOf as simulatedAccount, addRole, type WorldState } from "../../../src/simulator/world.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { documentOf } from "../../support/installation/simulated.ts";
import { ACCOUNT, never, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const USED = "2026-03-01T12:00:00.000Z";
const ORDERS = `arn:aws:iam::${ACCOUNT}:role/orders`;
const WIDE = `arn:aws:iam::${ACCOUNT}:role/wide`;
const BROKEN = `arn:aws:iam::${ACCOUNT}:role/broken`;

function allow(Action: readonly string[]): string {
  return documentOf({ Effect: "Allow", Action, Resource: "*" });
}

let world: AwsWorld;
beforeAll(async () => {
  world = await startAwsWorld(seed);
});
afterEach(() => world.simulator.clearFaults());
afterAll(() => world.stop());

function seed(state: WorldState): void {
  addRole(state, {
    accountId: ACCOUNT,
    name: "orders",
    inline: { app: allow(["sqs:SendMessage", "SQS:TagQueue", "s3:GetObject"]) },
    accessed: { sqs: { at: USED, region: "eu-west-1", actions: { TagQueue: null, GetQueueUrl: USED } } },
  });
  const services = Array.from({ length: 120 }, (_, index) => `service${index}`);
  addRole(state, {
    accountId: ACCOUNT,
    name: "wide",
    inline: { app: allow(services.map((name) => `${name}:Read`)) },
  });
  addRole(state, { accountId: ACCOUNT, name: "broken", accessed: "fails" });
}

async function accessOf(roleArn: string, asked = world): Promise<EstatePart<RoleAccess>> {
  const request = { account: asked.account, pass: "suggest", roleArns: [roleArn] };
  const found = orThrow(await asked.aws.estates.roleAccess(request, never())).get(roleArn);
  if (found === undefined) throw new Error("the role is not in the answer");
  return found;
}

describe("what a role accessed", () => {
  test("has times by service and tracked action, and null where there was no attempt", async () => {
    const access = await accessOf(ORDERS);

    const atMs = Date.parse(USED);
    expect(access).toMatchObject({ kind: "known", value: { reportedAtMs: expect.any(Number) } });
    const { services } = (access as Extract<typeof access, { kind: "known" }>).value;
    expect([...services]).toEqual([
      ["s3", { lastAtMs: null, actions: new Map() }],
      [
        "sqs",
        {
          lastAtMs: atMs,
          actions: new Map([
            ["tagqueue", null],
            ["getqueueurl", atMs],
          ]),
        },
      ],
    ]);
  });

  test("is read to the last page", async () => {
    const access = await accessOf(WIDE);

    expect(access.kind === "known" && access.value.services.size).toBe(120);
  });

  test.each([
    {
      because: "a job that fails",
      roleArn: BROKEN,
      why: "failed",
      reason: /the report failed: ReportGenerationFailed/,
    },
    {
      because: "a role that does not exist",
      roleArn: `arn:aws:iam::${ACCOUNT}:role/missing`,
      why: "failed",
      reason: /role\/missing/,
    },
  ])("is unknown for $because", async ({ roleArn, why, reason }) => {
    expect(await accessOf(roleArn)).toMatchObject({
      kind: "unknown",
      why,
      reason: expect.stringMatching(reason),
    });
  });

  test.each(["iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"])(
    "is unknown without the permission %s",
    async (action) => {
      const denied = await startAwsWorld((state) => {
        seed(state);
        const statement = { Effect: "Deny", Action: action, Resource: "*" };
        simulatedAccount(state, ACCOUNT).denials = documentOf(statement);
      });

      expect(await accessOf(ORDERS, denied)).toMatchObject({ kind: "unknown", why: "denied", call: action });
      await denied.stop();
    },
  );

  test("is unknown if a page of it cannot be read", async () => {
    world.simulator.addFault({
      operation: "GetServiceLastAccessedDetails",
      resourceIncludes: "Marker",
      kind: { kind: "error", code: "ServiceFailure", message: "no", status: 500 },
    });

    expect(await accessOf(WIDE)).toMatchObject({ kind: "unknown", why: "failed" });
  });
});
