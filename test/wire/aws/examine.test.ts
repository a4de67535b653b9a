import { afterEach, describe, expect, test } from "@jest/globals";
import {
  ACCOUNT,
  accountOf,
  arn,
  never,
  REGION,
  startAwsWorld,
  trustNoTags,
  trustTags,
  type AwsWorld,
} from "./aws-world.ts";
import { seed, denies } from "./access-world.ts";

let world: AwsWorld;
afterEach(() => world.stop());

describe("doctor", () => {
  test("assumes every role, tries every read and writes nothing", async () => {
    world = await startAwsWorld(seed);

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(checks.filter((check) => check.outcome === "failed" && check.identity === "observer")).toEqual([]);
    expect(checks.filter((check) => check.identity === "observer")).toHaveLength(23);
    expect(checks[0]).toMatchObject({
      identity: "base",
      outcome: "passed",
      detail: "arn:aws:iam::999900001111:role/grantkeeper-base from the program",
    });
    expect(checks.filter((check) => check.identity === "writer")).toMatchObject([
      { outcome: "passed" },
      { what: "sts:TagSession", outcome: "passed" },
      { what: "size of a session", outcome: "passed", detail: expect.stringMatching(/ take \d\d % of what/) },
    ]);
    expect(world.simulator.calls().filter((call) => call.effective)).toEqual([]);
  });

  test("warns if the clock of this machine differs from AWS's, which the SDK corrects only in its signatures", async () => {
    world = await startAwsWorld(seed);
    world.simulator.setClock(600_000);

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(checks.filter(({ what }) => what === "clock")).toEqual([
      {
        identity: "base",
        region: null,
        what: "clock",
        outcome: "warning",
        detail: expect.stringMatching(
          /^the clock of this machine is 10 minutes behind AWS's; .*: synchronize it/,
        ),
      },
    ]);
    expect(checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
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

  test("names a session policy and tags that AWS finds too large, before a pass needs them", async () => {
    world = await startAwsWorld(seed);
    const message = "Packed size of session tags consumes 130% of allotted space.";
    world.simulator.addFault({
      operation: "AssumeRole",
      resourceIncludes: "role/grantkeeper-system/writer",
      kind: { kind: "error", code: "PackedPolicyTooLarge", status: 400, message },
    });

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(checks.filter((check) => check.identity === "writer")).toMatchObject([
      {
        outcome: "failed",
        detail: expect.stringMatching(/130%.*; pass no transitive session tags to the base role/),
      },
    ]);
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

  test("stops at an observer that can't be assumed, and does not stay on a session", async () => {
    world = await startAwsWorld(seed);
    const observer = { roleArn: arn(`arn:aws:iam::${ACCOUNT}:role/unknown`), externalId: "x" };

    const checks = await world.aws.doctor.examine(
      accountOf({ observer, writer: null, binder: null }),
      never(),
    );

    expect(checks).toMatchObject([{ identity: "base" }, { identity: "observer", outcome: "failed" }]);
  });
});
