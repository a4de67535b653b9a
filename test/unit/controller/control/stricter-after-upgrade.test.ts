import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { KeyStatus } from "../../../../src/model/status.ts";
import { manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { NO_ACTION_DATA } from "../../../support/pass/passes.ts";
import { ALL, HOUR_MS, KEY } from "./operator.ts";
import { ACCEPTED, B, OPEN, REFUSED, StricterVerdict, STRICT } from "./stricter.ts";

let verdict: StricterVerdict;

beforeEach(() => {
  verdict = new StricterVerdict();
});
afterEach(() => verdict.stop());

describe("a new version of Grantkeeper or of its action data", () => {
  /** RES-001 has nothing against an action that takes no resource. */
  const TAKES_NONE = {
    ...NO_ACTION_DATA,
    find: (action: string) => {
      const found = NO_ACTION_DATA.find(action);
      return found === undefined ? found : { ...found, wildcardOnly: true };
    },
  };
  const NEWER = { ...NO_ACTION_DATA, snapshotDate: "2026-11-01" };

  function withoutVerdict(record: KeyRecord): KeyRecord {
    const { appliedVerdict: _, ...earlier } = record;
    return earlier;
  }

  function withReady(
    status: KeyStatus,
    change: Pick<KeyStatus["conditions"][number], "status" | "reason">,
  ): KeyStatus {
    const conditions = status.conditions.map((one) => (one.type === "Ready" ? { ...one, ...change } : one));
    return { ...status, conditions };
  }

  async function upgraded(change: (record: KeyRecord) => KeyRecord = (record) => record): Promise<void> {
    verdict.fake.actionData = TAKES_NONE;
    await verdict.converged(manifests({ a: OPEN, b: READ_ORDERS }));
    for (const [key, record] of verdict.fake.store.records)
      verdict.fake.store.records.set(key, change(record));
    verdict.fake.actionData = NEWER;
    await verdict.restarted({ version: "0.0.1-test" });
  }

  test("keeps the verdict of what was accepted by the earlier one", async () => {
    await upgraded();

    expect((await verdict.holds()).map(({ reason }) => reason)).toEqual([
      "RES-001 would refuse 1 function: stricter in Grantkeeper 0.0.1-test, action data of 2026-11-01",
    ]);
    expect([verdict.ready(), await verdict.stripped()]).toEqual([ACCEPTED, [KEY, B]]);
  });

  test("also of a record that has no verdicts yet", async () => {
    await upgraded(withoutVerdict);

    expect((await verdict.holds()).map(({ keys }) => keys)).toEqual([[KEY]]);
    expect(verdict.ready()).toBe(ACCEPTED);
  });

  test.each([
    { status: "False", reason: "GuardrailRefused", because: "it was refused" },
    { status: "False", reason: "ValidationFailed", because: "its file was broken, which hides a refusal" },
    { status: "Unknown", reason: "Progressing", because: "the account was not read, which hides a refusal" },
    { status: "False", reason: "AccessDenied", because: "a write failed, which hides a refusal" },
    {
      status: "False",
      reason: "AwaitingApproval",
      because: "a change of it was held, which hides a refusal",
    },
  ] as const)("and a record without verdicts has nothing to keep if $because", async ({ status, reason }) => {
    await upgraded((record) => ({
      ...withoutVerdict(record),
      status: record.status === null ? null : withReady(record.status, { status, reason }),
    }));

    expect([verdict.ready(), await verdict.holds(), await verdict.stripped()]).toEqual([REFUSED, [], [B]]);
  });

  test("and a file that is broken at the upgrade restores nothing that may have been refused", async () => {
    const broken = { "teams/orders/a.yaml": "kind: [" };
    verdict.fake.actionData = TAKES_NONE;
    await verdict.converged(manifests({ a: OPEN, b: READ_ORDERS }));
    await verdict.fake.push({ ...manifests({ a: OPEN, b: READ_ORDERS }), ...broken });
    await verdict.fake.clock.pass(2 * SWEEP_MS);
    for (const [key, record] of verdict.fake.store.records)
      verdict.fake.store.records.set(key, withoutVerdict(record));
    verdict.fake.actionData = NEWER;
    await verdict.restarted({ version: "0.0.1-test" });

    expect([verdict.ready(), await verdict.holds(), await verdict.stripped()]).toEqual([
      "False ValidationFailed",
      [],
      [B],
    ]);
  });

  test("keeps nothing that changed later, in AWS or in another team's files, without another upgrade", async () => {
    verdict.fake.actionData = TAKES_NONE;
    await verdict.converged(manifests({ a: OPEN, b: READ_ORDERS }));
    // The same version, whose data the process reads again: nothing was upgraded.
    verdict.fake.actionData = NO_ACTION_DATA;
    await verdict.restarted();

    expect([verdict.ready(), await verdict.holds()]).toEqual([REFUSED, []]);
  });

  test("and the pending verdict survives the next upgrade", async () => {
    await upgraded();
    await verdict.restarted({ version: "0.0.2-test" });

    expect((await verdict.holds()).map(({ reason }) => reason)).toEqual([
      "RES-001 would refuse 1 function: stricter in Grantkeeper 0.0.1-test, action data of 2026-11-01",
    ]);
  });
});

describe("no path applies what the approved verdict refuses", () => {
  test("neither the end of a suspension", async () => {
    await verdict.lax();
    await verdict.madeStricter();
    await verdict.operator.suspend(ALL);
    await verdict.approve();
    await verdict.stripped();
    await verdict.fake.clock.pass(2 * HOUR_MS);

    expect(verdict.ready()).toBe(REFUSED);
    expect(new Set(verdict.aws.writes.map(({ key }) => key))).toEqual(new Set([B]));
  });

  test("nor a manifest that cannot be read", async () => {
    await verdict.lax();
    await verdict.madeStricter();
    const broken = { ...manifests({ a: OPEN, b: READ_ORDERS }), "teams/orders/a.yaml": "kind: [" };
    await verdict.fake.push({ ...broken, ...STRICT });
    const pending = await verdict.stripped();
    await verdict.approve();

    expect([pending, await verdict.stripped()]).toEqual([[KEY, B], [B]]);
  });
});
