import { beforeEach, describe, expect, test } from "@jest/globals";
import { KeptCalls } from "../../../../src/controller/changes/kept-calls.ts";
import type { EnforcedNow } from "../../../../src/controller/state/controller-state.ts";
import { ControllerState } from "../../../../src/controller/state/controller-state.ts";
import { ControllerCaches } from "../../../../src/controller/state/controller-caches.ts";
import { KeptDenials } from "../../../../src/controller/state/changes/kept-denials.ts";
import type { CallDenial } from "../../../../src/model/denials/call-denial.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { firstAccountRecord } from "../../../../src/model/records/account-record.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { binding, NOW_MS } from "../../../support/pass/bindings.ts";
import { BINDING, KEY, passOf } from "../../../support/pass/passes.ts";
import { MemoryTelemetry } from "../../../support/fakes/memory-telemetry.ts";
import { FakeController, SETTINGS } from "../../../support/fakes/fake-controller.ts";
import { call, reported } from "../../explain/denials/calls.ts";

const DAY_MS = 86_400_000;
const RECORD = firstAccountRecord(BINDING.accountId, "prod");
const at = (atMs: number, id: string, change: Partial<CallDenial> = {}) => call({ atMs, id, ...change });

describe("the denied requests of functions", () => {
  let kept: KeptDenials;
  beforeEach(() => {
    kept = new KeptDenials();
  });

  test("count an event once, however often it is delivered", () => {
    expect(kept.add(KEY, at(NOW_MS, "e-1"), NOW_MS)).toBe(true);
    expect(kept.add(KEY, at(NOW_MS, "e-1"), NOW_MS)).toBe(false);

    expect(kept.shown(RECORD, NOW_MS)).toMatchObject([{ key: KEY, requests: [{ calls: 1 }] }]);
  });

  test("are written with the record of the account, and go on after a restart", () => {
    kept.add(KEY, at(NOW_MS, "e-1"), NOW_MS);
    const record = kept.recorded(RECORD, NOW_MS);
    const next = new KeptDenials();
    next.add(KEY, at(NOW_MS + 1_000, "e-2"), NOW_MS);

    expect(next.shown(record, NOW_MS)).toMatchObject([{ requests: [{ calls: 2 }] }]);
    expect(next.recorded(record, NOW_MS).denials).toMatchObject([{ requests: [{ calls: 2 }] }]);
    // The calls in the record are added once.
    expect(next.recorded(record, NOW_MS).denials).toMatchObject([{ requests: [{ calls: 2 }] }]);
    expect(next.shown(record, NOW_MS)).toMatchObject([{ requests: [{ calls: 2 }] }]);
  });

  test.each([
    { stated: 3, recorded: 1, calls: 4, because: "no pass has recorded what was stated" },
    { stated: 1, recorded: 3, calls: 4, because: "what was stated is older than the record" },
    { stated: 0, recorded: 3, calls: 4, because: "nothing was stated" },
    { stated: 3, recorded: 0, calls: 4, because: "the account has no record" },
    { stated: 3, recorded: 1, agedMs: 7 * DAY_MS + 1, calls: 2, because: "what was stated is forgotten" },
  ])("of the process before are counted once: $because", ({ stated, recorded, agedMs = 0, calls }) => {
    const counted = (count: number, atMs: number) => {
      const { reported: of } = at(atMs, "");
      const request = { reported: of, calls: count, firstMs: atMs, lastMs: atMs, hasOtherObjects: false };
      return count === 0 ? [] : [{ key: KEY, requests: [request], otherCalls: 0 }];
    };
    const record = { ...RECORD, denials: counted(recorded, NOW_MS) };
    kept.continueWith(new Map([[RECORD.accountId, counted(stated, NOW_MS - agedMs)]]));
    kept.add(KEY, at(NOW_MS, "e-1"), NOW_MS);

    const expected = [{ key: KEY, requests: [expect.objectContaining({ calls })] }];
    expect(kept.shown(record, NOW_MS)).toMatchObject(expected);
    expect(kept.recorded(record, NOW_MS).denials).toMatchObject(expected);
    expect(kept.recorded(record, NOW_MS).denials).toMatchObject(expected);
    expect(kept.shown(record, NOW_MS)).toMatchObject(expected);
  });

  test("of a team are shown however many calls of others in the account are denied", () => {
    const flood = (number: number): Key => `function/111122223333/eu-west-1/flood/f${number}` as Key;
    for (let number = 0; number < 1_000; number += 1)
      kept.add(
        flood(number % 50),
        at(NOW_MS, `f-${number}`, { reported: reported({ action: `x:A${number}` }) }),
        NOW_MS,
      );
    for (let number = 0; number < 9; number += 1) kept.add(KEY, at(NOW_MS, `e-${number}`), NOW_MS);

    const own = expect.objectContaining({ key: KEY, requests: [expect.objectContaining({ calls: 9 })] });
    expect(kept.shown(RECORD, NOW_MS)).toContainEqual(own);
    expect(new KeptDenials().shown(kept.recorded(RECORD, NOW_MS), NOW_MS)).toContainEqual(own);
  });

  test("are forgotten after 7 days, and an older event is not added", () => {
    kept.add(KEY, at(NOW_MS, "e-1"), NOW_MS);

    expect(kept.shown(RECORD, NOW_MS + 7 * DAY_MS)).toHaveLength(1);
    expect(kept.shown(RECORD, NOW_MS + 7 * DAY_MS + 1)).toEqual([]);
    expect(kept.recorded(RECORD, NOW_MS + 7 * DAY_MS + 1)).not.toHaveProperty("denials");
    expect(kept.add(KEY, at(NOW_MS - 8 * DAY_MS, "e-2"), NOW_MS)).toBe(false);
  });
});

class CountingTelemetry extends MemoryTelemetry {
  readonly counted: string[] = [];

  override count(name?: string, labels: Readonly<Record<string, string>> = {}): void {
    this.counted.push([name, ...Object.values(labels)].join(" "));
  }
}

/** The calls of an inbox whose revision declares these functions. */
function keeping(bindings: readonly DesiredBinding[]) {
  const telemetry = new CountingTelemetry();
  const state = new ControllerState();
  const calls = new KeptCalls({
    state,
    caches: new ControllerCaches(),
    settings: SETTINGS,
    ports: { ...new FakeController().ports(), telemetry },
  });
  const { desired } = passOf(bindings);
  const enforce = () =>
    state.enforce({
      compilation: { desired, objects: [], invalid: new Map() },
      brokenFileKeys: new Map(),
      accounts: desired.accounts,
    } as unknown as EnforcedNow);
  return { telemetry, state, calls, enforce };
}

describe("a denied call of a change event", () => {
  test("is kept and counted if the function made it on its declared role", () => {
    const { telemetry, state, calls, enforce } = keeping([BINDING]);
    calls.keep([at(NOW_MS, "before a revision is in force")]);
    enforce();

    calls.keep([
      at(NOW_MS, "e-1"),
      at(NOW_MS, "e-1"),
      at(NOW_MS, "e-2", { sessionName: "alice@example.com" }),
      at(NOW_MS, "e-3", { reported: reported({ action: "dynamodb:PutItem" }) }),
    ]);

    expect(state.keptDenials.shown(RECORD, NOW_MS)).toMatchObject([
      { requests: [{ calls: 1 }, { calls: 1 }] },
    ]);
    expect(telemetry.counted).toEqual(Array(2).fill("function_denied_calls_total prod orders/orders-api"));
  });

  test("is counted under other if the account has had 50 functions with denied calls", () => {
    const many = Array.from({ length: 52 }, (_, number) => {
      const name = `orders-f${number}`;
      const one = binding();
      return {
        ...one,
        name,
        key: KEY.replace("orders-api", name) as Key,
        functionName: name,
        role: { ...one.role, arn: `${one.role.arn}-${number}` },
      } as DesiredBinding;
    });
    const { telemetry, calls, enforce } = keeping(many);
    enforce();

    calls.keep(
      many.map(({ functionName, role }, number) =>
        at(NOW_MS, `e-${number}`, { sessionName: functionName, roleArn: role.arn }),
      ),
    );

    expect(telemetry.counted.filter((one) => one === "function_denied_calls_total prod other")).toHaveLength(
      2,
    );
  });
});
