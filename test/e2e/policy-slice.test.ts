import {
  AddPermissionCommand,
  GetPolicyCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { followEvents } from "../support/installation/change-events.ts";
import { estate, functions, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";

const NAMES = Array.from({ length: 30 }, (_, at) => `f${at}`);
const FILES = estate(functions(NAMES, READ_ORDERS));
/** A sweep reads at least so many policies that it could keep. */
const SLICE = 10;
const SETTINGS = { sweepMs: 200, policiesWithinMs: 12_000 } as const;

describe("with change events, a sweep by the clock", () => {
  let installation: Installation;
  let events: { readonly stop: () => Promise<void> } | null = null;
  const unreported: string[] = [];

  beforeEach(async () => {
    unreported.length = 0;
    const count = (name: string, labels: Readonly<Record<string, string>> = {}): void => {
      if (name === "policy_changes_without_event_total") unreported.push(labels["region"] ?? "");
    };
    installation = await Installation.start({
      files: FILES,
      telemetry: { count },
      ...SETTINGS,
      withinMs: 20_000,
    });
    await installation.converge();
  });
  afterEach(async () => {
    await events?.stop();
    events = null;
    await installation.stop();
  });

  /** How many policies each complete sweep since the call `from` read; the running one is not among them. */
  const policiesOfSweeps = (from: number): readonly number[] => {
    const counts: number[] = [];
    for (const { service, operation, input } of installation.reads().slice(from)) {
      const begins = operation === "ListRoles" && !JSON.stringify(input).includes("Marker");
      if (begins) counts.push(0);
      if (service === "lambda" && operation === "GetPolicy" && counts.length > 0)
        counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    }
    return counts.slice(0, -1);
  };
  const sweepsSince = async (from: number, number: number): Promise<readonly number[]> => {
    await installation.until("sweeps ended", () => policiesOfSweeps(from).length >= number);
    return policiesOfSweeps(from).slice(0, number);
  };
  /** The event of a change of f0 arrives, and everything was read once after it. */
  const provenByEvent = async (delivery: Parameters<typeof followEvents>[1] = {}): Promise<void> => {
    events = followEvents(installation, delivery);
    const { lambda } = installation.consoleOf(PROD);
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "f0", Description: "x" }));
    const from = installation.reads().length;
    await installation.until("a sweep keeps policies", () =>
      policiesOfSweeps(from).some((count) => count > 0 && count < NAMES.length),
    );
  };
  const openToAll = async (name: string): Promise<void> => {
    const { lambda } = installation.consoleOf(PROD);
    const statement = { StatementId: "public", Action: "lambda:InvokeFunction", Principal: "*" };
    await lambda.send(new AddPermissionCommand({ FunctionName: name, ...statement }));
  };
  const statements = async (name: string): Promise<string> => {
    const { lambda } = installation.consoleOf(PROD);
    // Without its last statement the policy does not exist.
    const answer = await lambda.send(new GetPolicyCommand({ FunctionName: name })).catch(() => null);
    return answer?.Policy ?? "";
  };
  const openedAndClosed = async (name: string): Promise<void> => {
    await openToAll(name);
    expect(await statements(name)).toContain('"public"');
    await installation.until(
      "the statement is removed",
      async () => !(await statements(name)).includes('"public"'),
    );
  };

  test("reads every policy as long as no event of the region was received", async () => {
    events = followEvents(installation);

    const counts = await sweepsSince(installation.reads().length, 3);

    expect(Math.min(...counts)).toBeGreaterThanOrEqual(NAMES.length);
  });

  test("reads a share of the policies, and that of the changed function, once an event was received", async () => {
    await provenByEvent();

    const counts = await sweepsSince(installation.reads().length, 3);

    expect(Math.max(...counts)).toBeLessThanOrEqual(SLICE + 1);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(SLICE);
    expect(unreported).toEqual([]);
  });

  test("misses no change whose event arrives: it is reverted, and the region keeps its trust", async () => {
    await provenByEvent();

    await openedAndClosed("f7");

    const counts = await sweepsSince(installation.reads().length, 2);
    expect(Math.max(...counts)).toBeLessThan(NAMES.length);
    expect(unreported).toEqual([]);
  });

  test("finds a change whose event is lost within the time, and the next sweeps read every policy", async () => {
    // The first event arrives, the second one does not.
    await provenByEvent({ loseEvery: 2 });

    await openedAndClosed("f7");

    await installation.until("the loss is counted", () => unreported.length > 0);
    const counts = await sweepsSince(installation.reads().length, 2);
    expect(unreported).toEqual(["eu-west-1"]);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(NAMES.length);
  });

  test("reads every policy when a person asks for it", async () => {
    await provenByEvent();
    const from = installation.reads().length;

    await installation.look();

    await installation.until("another sweep began", () => policiesOfSweeps(from).length > 1);
    expect(Math.max(...policiesOfSweeps(from))).toBeGreaterThanOrEqual(NAMES.length);
  });
});
