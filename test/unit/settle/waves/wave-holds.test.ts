import { beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountRecord } from "../../../../src/model/records/account-record.ts";
import { firstAccountRecord } from "../../../../src/model/records/account-record.ts";
import type { NamespaceWaves } from "../../../../src/model/records/wave-record.ts";
import { waveAlerts, waveFacts } from "../../../../src/settle/waves/wave-facts.ts";
import { partHold, waveHolds, waveNumbers } from "../../../../src/settle/waves/wave-holds.ts";
import { desiredAccount } from "../../../support/pass/bindings.ts";
import { HOUR_MS, SWITCHED, waveFunction, WaveRun, wavesKey } from "../../../support/adopt/wave-facts.ts";
import { actionOf } from "../../../support/pass/passes.ts";
import { planWith, provenView } from "./views.ts";

let run: WaveRun;
beforeEach(() => {
  run = new WaveRun();
  run.pass({ functions: [waveFunction("a"), waveFunction("b"), waveFunction("c")], atMs: 0 });
});

const waves = (): Readonly<Record<string, NamespaceWaves>> => ({ orders: run.waves });
/** The first wave has ended, and the second one has `b` and `c`. */
function second(): void {
  run.approve();
  const functions = [waveFunction("a", SWITCHED), waveFunction("b"), waveFunction("c")];
  for (let hour = 0; hour <= 24; hour += 1) run.pass({ functions, atMs: hour * HOUR_MS });
}

describe("the pending approval of a wave", () => {
  test("has exactly the functions that it switches, with their digests", () => {
    expect(waveHolds(waves())).toEqual([
      {
        subject: run.open().subject,
        code: "wave",
        reason:
          "wave 1 of namespace orders: 1 function moves to its declared role, same permissions (proved; policies of other resources not read)",
        keys: [wavesKey("a")],
        wave: { namespace: "orders", number: 1 },
        parts: new Map([[wavesKey("a"), waveFunction("a").switch]]),
      },
    ]);
  });

  test("names the functions with an alias that the switch does not move", () => {
    const other = new WaveRun();
    other.pass({ functions: [waveFunction("a", { oldAliases: ["live", "next"] })], atMs: 0 });

    expect(waveHolds({ orders: other.waves })[0]?.reason).toContain(
      "; aliases that keep the old role until a new version is published and they are moved: orders/a (live, next)",
    );
  });

  test("ends with its approval, and names what stopped the wave when it comes again", () => {
    second();
    run.approve();
    const functions = [waveFunction("a", SWITCHED), waveFunction("b", SWITCHED), waveFunction("c")];
    run.pass({ functions, atMs: 24.1 * HOUR_MS });
    const approved = waveHolds(waves());
    const problems = { c: { kind: "switch-failed", reason: "AccessDenied" } } as const;
    run.pass({ functions, problems, atMs: 24.2 * HOUR_MS });

    expect(approved).toEqual([]);
    expect(waveHolds(waves()).map(({ reason }) => reason)).toEqual([
      "wave 2 of namespace orders: 1 function of 2 moves to its declared role, same permissions (proved; policies of other resources not read); it stopped: orders/c: AccessDenied",
    ]);
  });

  test("is none if no function of the wave can be switched now", () => {
    second();
    run.approve();
    const functions = [waveFunction("b", SWITCHED), waveFunction("c", { switch: null })];
    run.pass({ functions, atMs: 24.1 * HOUR_MS });
    run.pass({ functions, atMs: 30 * HOUR_MS });

    expect(waveHolds({ ...waves(), other: { open: null, ended: [] } })).toEqual([]);
  });
});

describe("the switch of one function", () => {
  const names = Array.from({ length: 14 }, (_, at) => `f${String(at).padStart(2, "0")}`);

  test("names the wave that has it, or that will have it", () => {
    const numbers = waveNumbers(
      [...names, "a"].map((name) => provenView(name)),
      waves(),
    );

    expect([...numbers.values()].toSorted((a, b) => a - b)).toEqual([
      1,
      ...Array<number>(10).fill(2),
      3,
      3,
      3,
      3,
    ]);
    expect(numbers.get(wavesKey("a"))).toBe(1);
  });

  test("is of the next wave if none is open", () => {
    const ended = [{ number: 2, functions: 3, openedMs: 0, endedMs: 0, stops: [] }];

    expect(waveNumbers([provenView("f")], { orders: { open: null, ended } }).get(wavesKey("f"))).toBe(3);
    expect(waveNumbers([provenView("f")], {}).get(wavesKey("f"))).toBe(1);
  });

  test("is held for itself, as one of a wave only if nothing but the role changes", () => {
    const view = provenView("f");
    const [part] = view.plan?.approvable ?? [];
    const [other] = planWith(actionOf()).approvable;
    if (part === undefined || other === undefined) throw new Error("there is no part");
    const numbers = new Map([[view.key, 2]]);

    expect(partHold(view, part, numbers)).toEqual({
      subject: part.digest,
      code: "wave-member",
      reason: "the function leaves orders-shared; wave 2 of namespace orders has it",
      wave: { namespace: "orders", number: 2 },
    });
    expect(partHold(view, other, numbers).code).toBe("needs-approval");
    expect(partHold(view, part, new Map())).toMatchObject({ code: "needs-approval", reason: part.reason });
  });
});

describe("the record of a wave", () => {
  const recordOf = (before: NamespaceWaves | null): AccountRecord => {
    const account = desiredAccount();
    const record = firstAccountRecord(account.id, account.name);
    return before === null ? record : { ...record, waves: { orders: before } };
  };
  const factsAfter = (before: NamespaceWaves | null): readonly string[] =>
    waveFacts(
      {
        account: desiredAccount(),
        history: { record: recordOf(before), approvals: [] },
      },
      waves(),
    ).map(
      ({ number, to, keys, reason }) =>
        `${number} ${to} ${keys.length}${reason === null ? "" : ` ${reason}`}`,
    );

  test("becomes one alert for each wave that a pass stops, with what stopped it", () => {
    const fact = (namespace: string, to: "opened" | "stopped", reason: string | null) => ({
      kind: "wave-changed" as const,
      accountId: desiredAccount().id,
      account: "prod",
      namespace,
      number: 2,
      to,
      subject: null,
      keys: [],
      reason,
    });
    const [first, second] = [
      "orders/a: it runs on role old-a again",
      "orders/b: it runs on role old-b again",
    ];
    const facts = [
      fact("orders", "stopped", first ?? ""),
      fact("orders", "stopped", second ?? ""),
      fact("orders", "opened", null),
      fact("search", "stopped", "search/x: AWS denied kms:Decrypt (AccessDenied)"),
      fact("billing", "opened", null),
    ];

    expect(waveAlerts(facts)).toMatchObject([
      { kind: "wave-stopped", namespace: "orders", account: "prod", number: 2, reasons: [first, second] },
      { namespace: "search", reasons: ["search/x: AWS denied kms:Decrypt (AccessDenied)"] },
    ]);
    expect(new Set(waveAlerts(facts).map(({ incident }) => incident)).size).toBe(2);
  });

  test("has each step once: opened, approved, switched, ended, stopped", () => {
    const steps: string[][] = [[...factsAfter(null)]];
    const step = (pass: Parameters<WaveRun["pass"]>[0]): void => {
      const before = run.waves;
      run.pass(pass);
      steps.push([...factsAfter(before)]);
    };
    const rest = [waveFunction("b"), waveFunction("c")];
    run.approve(100 * HOUR_MS);
    step({ functions: [waveFunction("a", SWITCHED), ...rest], atMs: 1 });
    step({ functions: [waveFunction("a", SWITCHED), ...rest], atMs: HOUR_MS });
    for (let hour = 2; hour <= 23; hour += 1)
      run.pass({ functions: [waveFunction("a", SWITCHED), ...rest], atMs: hour * HOUR_MS });
    step({ functions: [waveFunction("a", SWITCHED), ...rest], atMs: 25 * HOUR_MS });
    run.approve(100 * HOUR_MS);
    step({ functions: rest, atMs: 25.1 * HOUR_MS });
    step({
      functions: rest,
      problems: { b: { kind: "switch-failed", reason: "AccessDenied" } },
      atMs: 25.2 * HOUR_MS,
    });

    expect(steps).toEqual([
      ["1 opened 1"],
      ["1 approved 1", "1 switched 1"],
      [],
      ["1 ended 1", "2 opened 2"],
      ["2 approved 2"],
      ["2 stopped 2 orders/b: AccessDenied", "2 opened 2"],
    ]);
  });
});
