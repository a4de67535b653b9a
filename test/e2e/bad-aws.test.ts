import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { TestClock } from "../support/fakes/test-clock.ts";
import { settingsIn } from "../support/installation/world-settings.ts";

const NAMES = ["a", "b"];
const FILES = estate(functions(NAMES, READ_ORDERS + CALLED_BY_TOPIC));
const CHANGED = estate(functions(NAMES, WRITE_ORDERS + CALLED_BY_TOPIC));
const HOUR_MS = 3_600_000;

describe("when the environment of the controller is broken", () => {
  let installation: Installation;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    installation = await Installation.start({ files: FILES, clock });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  const settings = (): string => JSON.stringify(settingsIn(installation.world));
  const mayWrite = (name: string): boolean =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.inline["grantkeeper"]?.includes(
      "PutItem",
    ) === true;
  const failing = async (): Promise<string> =>
    (await installation.overview()).accounts[0]?.record?.failing?.reason ?? "";

  test("a disabled region is a state of that region: its keys wait, and the others are applied", async () => {
    const twoRegions = (spec: string) =>
      estate({
        ...functions(["a"], spec),
        ...Object.fromEntries(
          Object.entries(functions(["far"], spec)).map(([path, text]) => [
            path,
            text.replace("eu-west-1", "us-east-1"),
          ]),
        ),
      });
    await installation.converge(twoRegions(READ_ORDERS));
    const on = installation.world.accounts[PROD]?.regions ?? [];
    on.splice(on.indexOf("us-east-1"), 1);
    await installation.push(twoRegions(WRITE_ORDERS));
    await installation.settled();

    expect(mayWrite("a")).toBe(true);
    expect(await failing()).toBe("");
    const far = keyOf("far").replace("eu-west-1", "us-east-1") as ReturnType<typeof keyOf>;
    expect(await installation.condition(far, "Ready")).toMatchObject({ status: "Unknown" });
  });

  test("expired credentials are reported for the account; nothing is concluded, and it recovers by itself", async () => {
    const before = settings();
    const kind = {
      kind: "error",
      code: "ExpiredTokenException",
      message: "The security token included in the request is expired",
      status: 403,
    } as const;
    installation.simulator.addFault({ service: "sts", kind });
    await installation.restart();
    await installation.until("the account fails", async () => (await failing()) !== "");

    expect(await failing()).toContain("ExpiredToken");
    expect(settings()).toBe(before);
    expect(await installation.condition(keyOf("a"), "Stalled")).toBeUndefined();

    installation.simulator.clearFaults();
    clock.advance(HOUR_MS);
    await installation.until("the account is read again", async () => (await failing()) === "");
    await installation.settled();
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ status: "True" });
  });

  test("a clock that is an hour off is reported with AWS's message, and nothing is written", async () => {
    const before = settings();
    const kind = {
      kind: "error",
      code: "SignatureDoesNotMatch",
      message: "Signature expired: 20261125T120000Z is now earlier than 20261125T124500Z",
      status: 403,
    } as const;
    installation.simulator.addFault({ service: "sts", kind });
    installation.simulator.addFault({ service: "iam", kind });
    await installation.push(CHANGED);
    await installation.restart();
    await installation.until("the account fails", async () => (await failing()) !== "");

    expect(await failing()).toContain("Signature expired");
    expect(settings()).toBe(before);
  });

  test("a clock that jumps a day ahead writes nothing and deletes nothing", async () => {
    const before = settings();
    clock.advance(24 * HOUR_MS);
    await installation.settled();

    expect(settings()).toBe(before);
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ status: "True" });
  });
});
