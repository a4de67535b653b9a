import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { liveFunction, type LiveAccount, type LiveFunction } from "../../../src/model/live.ts";
import type { FunctionRequest } from "../../../src/model/read-requests.ts";
import { functionRequest, seedOne, sweep } from "../../support/installation/sweep.ts";
import { REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

let world: AwsWorld;
beforeEach(async () => {
  world = await startAwsWorld(seedOne);
});
afterEach(() => world.stop());

function functionIn(live: LiveAccount): LiveFunction {
  const reading = liveFunction(live, REGION, "orders-api");
  if (reading.kind !== "present") throw new Error("the world has orders-api");
  return reading.value;
}

/** A sweep with an earlier reading. @returns the function, and the number of policies that were read */
async function sweptWith(...requests: readonly FunctionRequest[]) {
  const before = world.reads()["lambda:GetPolicy"] ?? 0;
  const after = functionIn(await sweep(world, { functions: requests }));
  return { after, read: (world.reads()["lambda:GetPolicy"] ?? 0) - before };
}

async function known(change: Partial<LiveFunction> = {}): Promise<LiveFunction> {
  return { ...functionIn(await sweep(world)), policiesReadMs: 1, ...change };
}

describe("a sweep with an earlier reading of a function's policies", () => {
  test("keeps it, with its time, and makes no call for it", async () => {
    const earlier = await known();

    const { after, read } = await sweptWith({ ...functionRequest("orders-api"), known: earlier });

    expect(read).toBe(0);
    expect(after.policiesReadMs).toBe(1);
    expect(after.policiesKept).toBe(true);
    expect(after.policies).toEqual(earlier.policies);
  });

  test.each<{ readonly because: string; readonly change: Partial<LiveFunction> }>([
    { because: "the function had another role", change: { roleArn: "arn:aws:iam::111122223333:role/other" } },
    { because: "it was created again: it has another RevisionId", change: { revisionId: "another" } },
    { because: "AWS sent no RevisionId", change: { revisionId: null } },
    { because: "the qualifier was not read", change: { policies: new Map() } },
    {
      because: "the reading failed",
      change: { policies: new Map([["", { kind: "unknown", reason: "x" }]]) },
    },
  ])("reads them if $because", async ({ change }) => {
    const earlier = await known(change);

    const { after, read } = await sweptWith({ ...functionRequest("orders-api"), known: earlier });

    expect(read).toBe(1);
    expect(after.policiesReadMs).toBeGreaterThan(1);
    expect(after.policiesKept).toBeUndefined();
  });

  test("reads them if another binding of the function needs a new reading", async () => {
    const earlier = await known();
    const request = functionRequest("orders-api");

    expect((await sweptWith({ ...request, known: earlier }, request)).read).toBe(1);
    expect((await sweptWith(request, { ...request, known: earlier })).read).toBe(1);
  });
});
