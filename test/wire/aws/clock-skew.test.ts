import { afterEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../../src/simulator/world.ts";
import { ACCOUNT, actionOf, allow, never, REVISION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const TEN_MINUTES_MS = 600_000;
/** The `Date` header has whole seconds, and a request takes a while. */
const WITHIN_MS = 5_000;

let world: AwsWorld;
afterEach(() => world.stop());

describe("AWS's clock is ten minutes from the controller's", () => {
  test.each([
    { side: "ahead of AWS's", offsetMs: -TEN_MINUTES_MS },
    { side: "behind AWS's", offsetMs: TEN_MINUTES_MS },
  ])("reads and writes succeed with a clock $side, and the difference is known", async ({ offsetMs }) => {
    world = await startAwsWorld((state) => {
      addRole(state, { accountId: ACCOUNT, name: "orders-api", path: "/grantkeeper/" });
    });
    world.simulator.setClock(offsetMs);
    const action = actionOf({
      call: "iam:PutRolePolicy",
      input: { RoleName: "orders-api", PolicyName: "grantkeeper", PolicyDocument: allow("s3:GetObject") },
    });
    const context = { account: world.account, pass: "p7", revision: REVISION, intent: 41, revisionId: null };

    const first = await world.aws.actuator.apply(action, context, never());
    // The temporary credentials that were issued by the other clock are used again.
    const second = await world.aws.actuator.apply(action, { ...context, intent: 42 }, never());

    expect([first.kind, second.kind]).toEqual(["ok", "ok"]);
    expect(world.world.accounts[ACCOUNT]?.iam.roles["orders-api"]?.inline).toHaveProperty("grantkeeper");
    const { minMs = NaN, maxMs = NaN } = world.aws.clockOffset() ?? {};
    expect(minMs).toBeGreaterThan(offsetMs - WITHIN_MS);
    expect(maxMs).toBeLessThan(offsetMs + WITHIN_MS);
  });
});
