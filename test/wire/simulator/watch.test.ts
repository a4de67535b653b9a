import { CreateRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Moment } from "../../../src/simulator/watchers.ts";
import type { Simulated } from "../../support/installation/simulated.ts";
import { LAMBDA_TRUST, startSimulated } from "../../support/installation/simulated.ts";

let simulated: Simulated;

beforeEach(async () => {
  simulated = await startSimulated();
});
afterEach(() => simulated.stop());

const create = (RoleName: string): Promise<unknown> =>
  simulated.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
const exists = async (RoleName: string): Promise<boolean> => {
  const answer = await simulated.iam.send(new GetRoleCommand({ RoleName })).catch(() => undefined);
  return answer !== undefined;
};
const dropOnce = (when: Moment["when"]): void => {
  const end = simulated.simulator.watch((moment) => {
    if (moment.when !== when) return "go-on";
    end();
    return "drop";
  });
};

test("a call that is dropped before it acts has no effect and no answer", async () => {
  dropOnce("before");

  await expect(create("a")).rejects.toBeDefined();

  expect(await exists("a")).toBe(false);
  expect(simulated.simulator.calls()[0]).toMatchObject({
    operation: "CreateRole",
    status: 0,
    effective: false,
  });
});

test("a call that is dropped after it acted took effect and has no answer", async () => {
  dropOnce("after");

  await expect(create("a")).rejects.toBeDefined();

  expect(await exists("a")).toBe(true);
  expect(simulated.simulator.calls()[0]).toMatchObject({ operation: "CreateRole", effective: true });
});

test("every call is seen before and after, until the watching ends", async () => {
  const seen: string[] = [];
  const end = simulated.simulator.watch(({ when, operation, effective }) => {
    seen.push(`${when} ${operation} ${effective}`);
    return "go-on";
  });

  await create("a");
  await create("a").catch(() => undefined);
  end();
  await create("b");

  expect(seen).toEqual([
    "before CreateRole false",
    "after CreateRole true",
    "before CreateRole false",
    "after CreateRole false",
  ]);
});
