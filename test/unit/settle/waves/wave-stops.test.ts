import { beforeEach, describe, expect, test } from "@jest/globals";
import type { WaveFunctionFacts } from "../../../../src/settle/waves/function-facts.ts";
import { HOUR_MS, SWITCHED, waveFunction, wavesKey, WaveRun } from "../../../support/adopt/wave-facts.ts";

let run: WaveRun;
beforeEach(() => {
  run = new WaveRun();
});

/** The first wave has ended; `a` was its only function. */
function firstEnded(rest: readonly WaveFunctionFacts[]): void {
  run.pass({ functions: [waveFunction("a"), ...rest], atMs: 0 });
  run.approve();
  for (let hour = 0; hour <= 24; hour += 1)
    run.pass({ functions: [waveFunction("a", SWITCHED), ...rest], atMs: hour * HOUR_MS });
}

describe("a denied call", () => {
  const functions = (...names: readonly string[]): readonly WaveFunctionFacts[] =>
    names.map((name) => waveFunction(name, SWITCHED));
  const stopsOf = () => run.waves.open?.stops.map(({ key, kind, call }) => [key, kind, call]);
  const stopOf = (call: string) => [[wavesKey("a"), "call-denied", call]];
  const hour = (at: number, denials: Readonly<Record<string, Readonly<Record<string, number>>>> = {}) =>
    run.pass({ functions: functions("a"), atMs: at * HOUR_MS, denials });

  beforeEach(() => {
    run.pass({ functions: [waveFunction("a"), waveFunction("b")], atMs: 0 });
    run.approve();
    hour(1);
  });

  test("of a switched function stops its wave once, and the time until the next one begins again", () => {
    const denials = { a: { "kms:Decrypt": 1.5 * HOUR_MS } };
    for (let at = 2; at <= 25; at += 1) hour(at, denials);
    const stopped = [stopsOf(), run.waves.ended.length];
    hour(27, denials);

    expect(stopped).toEqual([stopOf("kms:Decrypt"), 0]);
    expect(run.waves.ended.map(({ stops }) => stops.map(({ reason }) => reason))).toEqual([
      ["AWS denied kms:Decrypt (AccessDenied)"],
    ]);
  });

  test("of another name stops it again", () => {
    hour(2, { a: { "kms:Decrypt": HOUR_MS } });
    hour(3, { a: { "kms:Decrypt": HOUR_MS, "ssm:GetParameter": HOUR_MS } });

    expect(stopsOf()?.map(([, , call]) => call)).toEqual(["kms:Decrypt", "ssm:GetParameter"]);
  });

  test.each([
    { name: "a", atMs: -1, because: "it was before the wave was opened" },
    { name: "b", atMs: HOUR_MS, because: "the function is in no wave" },
  ])("stops nothing if $because", ({ name, atMs }) => {
    hour(2, { [name]: { "kms:Decrypt": atMs } });

    expect(stopsOf()).toEqual([]);
  });

  test("stops nothing if its function has left the wave", () => {
    run.pass({ functions: [waveFunction("a", { place: "left" }), waveFunction("b")], atMs: 2 * HOUR_MS });
    hour(3, { a: { "kms:Decrypt": HOUR_MS } });

    expect(run.waves.open?.stops ?? []).toEqual([]);
  });

  test("ends the approval of the functions that are not switched yet", () => {
    for (let at = 2; at <= 26; at += 1)
      run.pass({ functions: [...functions("a"), waveFunction("b"), waveFunction("c")], atMs: at * HOUR_MS });
    run.approve();
    const half = [...functions("a", "b"), waveFunction("c")];
    run.pass({ functions: half, atMs: 26.1 * HOUR_MS });
    const approved = run.open().approved?.actor;
    run.pass({ functions: half, atMs: 26.2 * HOUR_MS, denials: { b: { "kms:Decrypt": 26.1 * HOUR_MS } } });

    expect([approved, run.open().approved]).toEqual(["dana", null]);
    expect(run.open().members.map(({ state }) => state)).toEqual(["switched", "waiting"]);
  });
});

describe("a wave stops", () => {
  const stopsAfter = (
    now: readonly WaveFunctionFacts[],
    problem?: Parameters<WaveRun["pass"]>[0]["problems"],
  ) => {
    run.pass({ functions: now, atMs: 24.2 * HOUR_MS, ...(problem && { problems: problem }) });
    return run.waves.open?.stops.map(({ kind, reason }) => `${kind}: ${reason}`);
  };
  const moved = (change: Partial<WaveFunctionFacts>): readonly WaveFunctionFacts[] => [
    waveFunction("a", SWITCHED),
    waveFunction("b", change),
    waveFunction("c"),
  ];

  beforeEach(() => {
    firstEnded([waveFunction("b"), waveFunction("c")]);
    run.approve(100 * HOUR_MS);
    run.pass({ functions: moved(SWITCHED), atMs: 24.1 * HOUR_MS });
  });

  test.each<{ change: Partial<WaveFunctionFacts>; stop: string; because: string }>([
    { change: {}, stop: "set-back: it runs on role old-b again", because: "it runs on another role again" },
    {
      change: { otherRole: null },
      stop: "set-back: it runs on role unknown again",
      because: "it runs on a role whose name is not known",
    },
    {
      change: { place: "moved", switch: null, needs: "version 1 (alias live) runs on role old-b" },
      stop: "set-back: version 1 (alias live) runs on role old-b",
      because: "an alias runs a version with the old role again",
    },
    {
      change: { place: "moved", switch: null },
      stop: "set-back: a version behind an alias runs on another role again",
      because: "an alias runs some version with another role",
    },
  ])("if $because", ({ change, stop }) => {
    expect(stopsAfter(moved(change))).toEqual([stop]);
    expect(run.open().approved).toBeNull();
  });

  test.each<{ change: Partial<WaveFunctionFacts>; because: string }>([
    { change: { place: "moved", isUnread: true, switch: null }, because: "its aliases were not read" },
    { change: { place: "unread", isUnread: true, switch: null }, because: "it was not read" },
    { change: { place: "left", switch: null }, because: "it was deleted" },
  ])("not if $because", ({ change }) => {
    expect(stopsAfter(moved(change))).toEqual([]);
  });

  test("if the role of a function is changed, and if a switch fails or its proof ends", () => {
    const changed = { b: { kind: "role-changed", reason: "its role was changed in AWS" } } as const;
    const failed = { c: { kind: "switch-failed", reason: "AccessDenied" } } as const;
    const reasons = [
      stopsAfter(moved(SWITCHED), changed),
      (run.approve(), stopsAfter(moved(SWITCHED), failed)),
      (run.approve(),
      stopsAfter([
        waveFunction("a", SWITCHED),
        waveFunction("b", SWITCHED),
        waveFunction("c", { switch: null, hasLostProof: true }),
      ])),
    ].map((all) => all?.at(-1));

    expect(reasons).toEqual([
      "role-changed: its role was changed in AWS",
      "switch-failed: AccessDenied",
      "switch-changed: its proof ended: a difference",
    ]);
  });

  test("once for what lasts, and again for a switch that fails again after a new approval", () => {
    const failed = { c: { kind: "switch-failed", reason: "AccessDenied" } } as const;
    const first = stopsAfter(moved(SWITCHED), failed)?.length;
    const unapproved = stopsAfter(moved(SWITCHED), failed)?.length;
    run.approve();
    const again = stopsAfter(moved(SWITCHED), failed)?.length;
    run.approve();
    const accepted = stopsAfter(moved(SWITCHED))?.length;

    expect([first, unapproved, again, accepted]).toEqual([1, 1, 2, 2]);
    expect(run.open().approved).not.toBeNull();
  });
});

describe("a wave stops again", () => {
  const [b, c] = [waveFunction("b"), waveFunction("c")];
  const pass = (
    functions: readonly WaveFunctionFacts[],
    problems: NonNullable<Parameters<WaveRun["pass"]>[0]["problems"]> = {},
  ): number => {
    hours += 0.1;
    run.pass({ functions: [waveFunction("a", SWITCHED), ...functions], problems, atMs: hours * HOUR_MS });
    return run.open().stops.length;
  };
  const changed = { kind: "role-changed", reason: "its role was changed in AWS" } as const;
  const onDeclared = waveFunction("b", SWITCHED);
  let hours = 24;

  beforeEach(() => {
    hours = 24;
    firstEnded([b, c]);
    run.approve(100 * HOUR_MS);
    pass([onDeclared, c]);
  });

  test("when a function is set back a second time after a new approval, which is void then", () => {
    const first = pass([b, c]);
    run.approve(100 * HOUR_MS);
    const isApproved = (pass([onDeclared, c]), run.open().approved !== null);
    const second = pass([b, c]);

    expect([first, isApproved, second, run.open().approved]).toEqual([1, true, 2, null]);
  });

  test("when a role is changed again after it was reverted, and not while the same change lasts", () => {
    const first = pass([onDeclared, c], { b: changed });
    run.approve(100 * HOUR_MS);
    const lasting = pass([onDeclared, c], { b: changed });
    const right = pass([onDeclared, c]);
    const again = pass([onDeclared, c], { b: { ...changed, isOver: true } });
    run.approve(100 * HOUR_MS);
    const third = pass([onDeclared, c], { b: changed });

    expect([first, lasting, right, again, third]).toEqual([1, 1, 1, 2, 3]);
  });

  test("not for the same change in a record of an older version, nor after a pass that did not judge it", () => {
    pass([onDeclared, c], { b: changed });
    const { changedRoles, ...older } = run.open();
    run.waves = { ...run.waves, open: older };
    run.approve(100 * HOUR_MS);
    hours += 0.1;
    run.pass({ functions: [c], atMs: hours * HOUR_MS, isSweep: false });

    expect([changedRoles, pass([onDeclared, c], { b: changed })]).toEqual([[b.key], 1]);
  });

  test("not for a function that left and came back, which joins a later wave", () => {
    pass([waveFunction("b", { place: "left", switch: null }), c]);

    expect([pass([b, c]), run.open().approved?.actor]).toEqual([0, "dana"]);
  });

  test("not for a function without a proof that the approval does not cover", () => {
    const unproven = waveFunction("b", { switch: null, hasLostProof: true });
    const first = pass([unproven, c]);
    run.approve(100 * HOUR_MS);

    expect([first, pass([unproven, c]), run.open().approved?.actor]).toEqual([1, 1, "dana"]);
  });
});
