import { afterEach, describe, expect, test } from "@jest/globals";
import {
  ACCOUNT,
  accountOf,
  allow,
  arn,
  never,
  REGION,
  startAwsWorld,
  statements,
  trustNoTags,
  trustTags,
  type AwsWorld,
} from "./aws-world.ts";
import { seed, denies } from "./access-world.ts";

function fenced(action: string): string {
  return statements([
    { Effect: "Allow", Action: action, Resource: "*" },
    { Effect: "Deny", NotAction: action, Resource: "*" },
  ]);
}

let world: AwsWorld;
afterEach(() => world.stop());

describe("doctor", () => {
  test("tries every read and names missing permissions of the writer", async () => {
    world = await startAwsWorld(seed);

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(checks.filter((check) => check.outcome === "failed" && check.identity === "observer")).toEqual([]);
    expect(checks.filter((check) => check.identity === "observer")).toHaveLength(19);
    expect(checks.filter((check) => check.identity === "writer" && check.outcome === "failed")).toHaveLength(
      20,
    );
    expect(world.simulator.calls().filter((call) => call.effective)).toEqual([]);
  });

  test("reports which read is denied, by which policy, and the line to add", async () => {
    world = await startAwsWorld(seed);
    denies(world, "ListAliases", "lambda:ListAliases");

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(checks.find((check) => check.what === "lambda:ListAliases")).toMatchObject({
      outcome: "failed",
      region: REGION,
      detail: expect.stringContaining(
        `add to the policy of the observer: {"Effect":"Allow","Action":"lambda:ListAliases"`,
      ),
    });
  });

  test("finds nothing missing if the writer's policies are complete", async () => {
    world = await startAwsWorld((state) => {
      seed(state);
      const writer = state.accounts[ACCOUNT]?.iam.roles["writer"];
      if (writer !== undefined) writer.inline["all"] = allow("*");
    });

    const checks = await world.aws.doctor.examine(accountOf({ binder: null }), never());

    expect(checks.filter((check) => check.outcome === "failed")).toEqual([]);
    expect(checks.at(-1)).toMatchObject({ identity: "writer", what: "writes", outcome: "not-checked" });
  });

  test("warns of roles whose trust policies allow no session tags, and is satisfied when they do", async () => {
    world = await startAwsWorld((state) => {
      seed(state);
      trustNoTags(state);
    });
    const tagChecks = async () =>
      (await world.aws.doctor.examine(world.account, never())).filter(
        ({ what }) => what === "sts:TagSession",
      );

    expect(await tagChecks()).toMatchObject([
      {
        identity: "writer",
        outcome: "warning",
        detail: expect.stringContaining("allow sts:TagSession in the role's trust policy"),
      },
      { identity: "binder", outcome: "warning" },
    ]);
    trustTags(world.world);
    expect(await tagChecks()).toMatchObject([{ outcome: "passed" }, { outcome: "passed" }]);
  });

  test("warns of each role that no statement keeps from the policies of resources", async () => {
    world = await startAwsWorld((state) => {
      seed(state);
      const observer = state.accounts[ACCOUNT]?.iam.roles["observer"];
      if (observer !== undefined) observer.inline["observer"] = fenced("iam:GetRole");
    });

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(
      checks.filter(({ what }) => what === "Fence").map(({ identity, outcome }) => [identity, outcome]),
    ).toEqual([
      ["observer", "passed"],
      ["writer", "warning"],
      ["binder", "warning"],
    ]);
  });

  test("stops at an observer that can't be assumed, and does not stay on a session", async () => {
    world = await startAwsWorld(seed);
    const observer = { roleArn: arn(`arn:aws:iam::${ACCOUNT}:role/unknown`), externalId: "x" };

    const checks = await world.aws.doctor.examine(
      accountOf({ observer, writer: null, binder: null }),
      never(),
    );

    expect(checks).toMatchObject([{ identity: "observer", outcome: "failed" }]);
  });
});
