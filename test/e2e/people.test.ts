import { DeleteRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
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

const NAMES = ["a", "b", "c", "d"];
const READING = estate(functions(NAMES, READ_ORDERS));
const WRITING = estate(functions(NAMES, WRITE_ORDERS));
const LIMITS = { deletes: 0, changedCount: 1, changedShare: 0.1 };
const HOUR_MS = 3_600_000;

describe("decisions of operators", () => {
  let installation: Installation;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    installation = await Installation.start({ files: READING, limits: LIMITS, clock });
    await installation.converge();
  });
  afterEach(() => installation.stop());

  const inline = (name: string): string =>
    installation.world.accounts[PROD]?.iam.roles[roleNameOf(name)]?.inline["grantkeeper"] ?? "";
  const writing = (): readonly string[] => NAMES.filter((name) => inline(name).includes("PutItem"));
  const suspend = (forMs: number): Promise<unknown> =>
    installation.control.suspend(
      {
        scope: { accountId: null, namespace: "orders", key: null },
        reason: "INC-1",
        until: new Date(clock.nowMs() + forMs).toISOString(),
      },
      "dana",
    );

  test("a suspension prevents all writes, including changes from Git, and detection continues", async () => {
    await suspend(HOUR_MS);
    const { iam } = installation.consoleOf(PROD);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: roleNameOf("a"), PolicyName: "grantkeeper" }));
    await installation.push({ ...READING, ...functions(["b"], WRITE_ORDERS) });
    await installation.settled();

    expect(inline("a")).toBe("");
    expect(writing()).toEqual([]);
    expect(await installation.condition(keyOf("a"), "Suspended")).toMatchObject({ status: "True" });
    expect(await installation.condition(keyOf("a"), "Drifted")).toMatchObject({ status: "True" });
  });

  test("a suspension ends by itself, and withheld changes follow", async () => {
    await suspend(HOUR_MS);
    await installation.push({ ...READING, ...functions(["b"], WRITE_ORDERS) });
    await installation.settled();
    const meanwhile = writing();

    clock.advance(HOUR_MS + 1);
    await installation.until("b writes", () => writing().length > 0);

    expect(meanwhile).toEqual([]);
    expect(writing()).toEqual(["b"]);
  });

  test("a resume ends a suspension immediately, and both are recorded with operator and reason", async () => {
    await suspend(HOUR_MS);
    await installation.push({ ...READING, ...functions(["b"], WRITE_ORDERS) });
    await installation.settled();
    const [suspension] = (await installation.overview()).suspensions;

    await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "robin");
    await installation.settled();

    expect(writing()).toEqual(["b"]);
    const decisions = (await installation.entries()).filter(
      ({ kind }) => kind === "suspended" || kind === "resumed",
    );
    expect(decisions).toMatchObject([
      { kind: "suspended", actor: "dana", reason: "INC-1" },
      { kind: "resumed", actor: "robin", reason: "over" },
    ]);
  });

  test("a revision that exceeds the limits is held by digest until an operator approves", async () => {
    await installation.push(WRITING);
    await installation.settled();
    const held = await installation.holds();
    const before = writing();

    await installation.approveAll();
    await installation.settled();

    expect(held.map(({ keys }) => keys)).toEqual([NAMES.map((name) => keyOf(name))]);
    expect(before).toEqual([]);
    expect(writing()).toEqual(NAMES);
  });

  test("an approval ends when the plan changes", async () => {
    await installation.push(WRITING);
    await installation.settled();
    await suspend(HOUR_MS);
    await installation.approveAll();
    const more = WRITE_ORDERS.replace("read, write", "read, write, delete");
    await installation.push(estate(functions(NAMES, more)));
    await installation.settled();
    const [suspension] = (await installation.overview()).suspensions;

    await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "robin");
    await installation.settled();

    expect(writing()).toEqual([]);
    expect(await installation.holds()).toHaveLength(1);
  });

  test("an approval ends at its time", async () => {
    await installation.push(WRITING);
    await installation.settled();
    await suspend(2 * HOUR_MS);
    const [hold] = await installation.holds();
    await installation.control.approve(
      { subject: hold?.subject ?? "", reason: "ok", forMs: HOUR_MS },
      "dana",
    );
    clock.advance(HOUR_MS + 1);
    const [suspension] = (await installation.overview()).suspensions;

    await installation.control.resume({ id: suspension?.id ?? "", reason: "over" }, "robin");
    await installation.settled();

    expect(writing()).toEqual([]);
  });
});
