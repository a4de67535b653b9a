import { beforeEach, describe, expect, test } from "@jest/globals";
import {
  switchesOf,
  wavePhase,
  type WaveMember,
  type WaveRecord,
} from "../../../../src/model/records/wave-record.ts";
import type { WaveFunctionFacts } from "../../../../src/settle/waves/function-facts.ts";
import { HOUR_MS, SWITCHED, waveFunction, WaveRun, wavesKey } from "../../../support/adopt/wave-facts.ts";

const MINUTE_MS = 60_000;

let run: WaveRun;
beforeEach(() => {
  run = new WaveRun();
});

const namesOf = (members: readonly WaveMember[]): readonly string[] =>
  members.map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
const members = (): readonly string[] => namesOf(run.open().members);
const many = (count: number, change: Partial<WaveFunctionFacts> = {}): readonly WaveFunctionFacts[] =>
  Array.from({ length: count }, (_, at) => waveFunction(`f${String(at).padStart(2, "0")}`, change));
/** Sweeps each hour, from one time to another. */
function watch(functions: readonly WaveFunctionFacts[], fromHour: number, hours: number): void {
  for (let hour = fromHour; hour <= fromHour + hours; hour += 1)
    run.pass({ functions, atMs: hour * HOUR_MS });
}

/** The first wave has ended; `a` was its only function. */
function firstEnded(rest: readonly WaveFunctionFacts[]): readonly WaveFunctionFacts[] {
  run.pass({ functions: [waveFunction("a"), ...rest], atMs: 0 });
  run.approve();
  const functions = [waveFunction("a", SWITCHED), ...rest];
  watch(functions, 0, 24);
  return functions;
}

describe("which functions a wave has", () => {
  test("is the first by name, then the next ten, then all others that are ready", () => {
    const all = many(14);
    run.pass({ functions: all, atMs: 0 });
    const first = members();
    run.approve();
    const after = (switched: number) => all.map((one, at) => (at < switched ? { ...one, ...SWITCHED } : one));
    watch(after(1), 0, 24);
    const second = members();
    run.approve();
    watch(after(11), 24, 24);

    expect(first).toEqual(["f00"]);
    expect(second).toEqual(
      many(11)
        .slice(1)
        .map(({ otherRole }) => otherRole?.slice(4)),
    );
    expect(members()).toEqual(["f11", "f12", "f13"]);
    expect(run.waves.ended.map(({ number, functions }) => [number, functions])).toEqual([
      [1, 1],
      [2, 10],
    ]);
  });

  test.each<{ state: Partial<WaveFunctionFacts>; because: string }>([
    { state: { switch: null }, because: "it has no proof, or its plan has no switch" },
    { state: { place: "unread", isUnread: true, switch: null }, because: "it was not read" },
    { state: SWITCHED, because: "it runs on its declared role" },
    { state: { place: "left", switch: null }, because: "Git does not set its role" },
  ])("is not one that is not ready: $because", ({ state }) => {
    run.pass({ functions: [waveFunction("a", state), waveFunction("b")], atMs: 0 });

    expect(members()).toEqual(["b"]);
  });

  test("is first one that needs no deployer for its aliases, if there is one", () => {
    run.pass({ functions: [waveFunction("a", { oldAliases: ["live"] }), waveFunction("b")], atMs: 0 });
    const first = members();
    const other = new WaveRun();
    other.pass({ functions: [waveFunction("a", { oldAliases: ["live"] })], atMs: 0 });

    expect([first, other.open().members]).toMatchObject([["b"], [{ oldAliases: ["live"] }]]);
  });

  test("is chosen, and chosen again, only by a sweep, so that it is not smaller by chance", () => {
    run.pass({ functions: [waveFunction("b")], atMs: 0, isSweep: false });
    const early = run.waves.open;
    run.pass({ functions: [waveFunction("b")], atMs: 1 });
    const { subject } = run.open();
    run.rejected.add(subject);
    run.pass({ functions: [waveFunction("a"), waveFunction("b")], atMs: 2, isSweep: false });

    expect([early, run.open().subject, members()]).toEqual([null, subject, ["b"]]);
  });

  test("keeps a function that a pass over other functions did not see", () => {
    run.pass({ functions: [waveFunction("a", { oldAliases: ["live"] })], atMs: 0 });
    run.pass({ functions: [waveFunction("b")], atMs: 1, isSweep: false });

    const needs = "it was not read";
    expect(run.open().members).toMatchObject([{ state: "waiting", needs, oldAliases: ["live"] }]);
  });

  test("stays as it is while its functions do, when other functions become ready", () => {
    run.pass({ functions: [waveFunction("b")], atMs: 0 });
    const { subject } = run.open();
    run.pass({ functions: [waveFunction("a"), waveFunction("b")], atMs: MINUTE_MS });

    expect([run.open().subject, members()]).toEqual([subject, ["b"]]);
  });

  test("is another one after a rejection, if other functions are ready", () => {
    run.pass({ functions: [waveFunction("b")], atMs: 0 });
    const { subject } = run.open();
    run.rejected.add(subject);
    run.pass({ functions: [waveFunction("b")], atMs: MINUTE_MS });
    const same = run.open().subject;
    run.pass({ functions: [waveFunction("a"), waveFunction("b")], atMs: 2 * MINUTE_MS });

    expect([same, members()]).toEqual([subject, ["a"]]);
  });

  test("is none if no function is ready", () => {
    expect(run.pass({ functions: [waveFunction("a", { switch: null })], atMs: 0 }).open).toBeNull();
  });
});

describe("an approval", () => {
  test("is void when the switch of a function is another one, and the function is approved again", () => {
    const [a, b, c] = firstEnded([waveFunction("b"), waveFunction("c")]);
    run.approve();
    const { subject } = run.open();
    const other = waveFunction("b", { switch: waveFunction("other").switch });
    run.pass({ functions: [a, other, c].filter((one) => one !== undefined), atMs: 24.1 * HOUR_MS });

    expect(b?.switch).not.toBe(other.switch);
    expect(run.open()).toMatchObject({ approved: null, stops: [{ kind: "switch-changed" }] });
    expect(run.open().subject).not.toBe(subject);
  });

  test("keeps its digest while the functions move, so that it continues after a restart", () => {
    const [a] = firstEnded([waveFunction("b"), waveFunction("c")]);
    run.approve();
    const { subject } = run.open();
    const functions = [a, waveFunction("b", SWITCHED), waveFunction("c")].filter((one) => one !== undefined);
    run.pass({ functions, atMs: 24.1 * HOUR_MS });

    expect(run.open()).toMatchObject({ subject, approved: { actor: "dana" } });
    expect(namesOf(switchesOf(run.open()))).toEqual(["c"]);
  });

  test("has to be given again for the functions that are left when it has expired", () => {
    const [a] = firstEnded([waveFunction("b"), waveFunction("c")]);
    run.approve(HOUR_MS);
    const { subject } = run.open();
    const functions = [a, waveFunction("b", SWITCHED), waveFunction("c")].filter((one) => one !== undefined);
    run.pass({ functions, atMs: 24.1 * HOUR_MS });
    run.pass({ functions, atMs: 26 * HOUR_MS });

    expect(run.open().subject).not.toBe(subject);
    expect(namesOf(switchesOf(run.open()))).toEqual(["c"]);
    expect(wavePhase(run.open())).toBe("awaiting-approval");
  });

  test("does not stop for a function that was not read, or that cannot be switched now", () => {
    const [a] = firstEnded([waveFunction("b"), waveFunction("c")]);
    run.approve();
    const functions = [
      a,
      waveFunction("b", { place: "unread", isUnread: true, switch: null }),
      waveFunction("c", { switch: null, needs: "its aliases share traffic" }),
    ].filter((one) => one !== undefined);
    run.pass({ functions, atMs: 24.1 * HOUR_MS });

    expect(run.open()).toMatchObject({ approved: { actor: "dana" }, stops: [] });
    expect(run.open().members.map(({ needs }) => needs)).toEqual([
      "it was not read",
      "its aliases share traffic",
    ]);
  });
});

describe("the watch", () => {
  const only = (change: Partial<WaveFunctionFacts> = SWITCHED): readonly WaveFunctionFacts[] => [
    waveFunction("a", change),
    waveFunction("b"),
  ];
  const open = (): WaveRecord | null => run.waves.open;

  beforeEach(() => {
    run.pass({ functions: [waveFunction("a"), waveFunction("b")], atMs: 0 });
    run.approve();
    run.pass({ functions: only(), atMs: 0 });
  });

  test("ends with the first sweep after the interval, and not before", () => {
    watch(only(), 1, 22);
    run.pass({ functions: only(), atMs: 24 * HOUR_MS - 1 });
    const before = open()?.number;
    run.pass({ functions: only(), atMs: 24 * HOUR_MS });

    expect([before, open()?.number]).toEqual([1, 2]);
  });

  test("does not count a pass over a few functions", () => {
    watch(only(), 1, 22);
    run.pass({ functions: only(), atMs: 24 * HOUR_MS, isSweep: false });

    expect(open()?.number).toBe(1);
  });

  test("does not count a long time without a sweep, nor one in which the function was not read", () => {
    run.pass({ functions: only(), atMs: 20 * HOUR_MS });
    const unread = only({ place: "moved", isUnread: true, switch: null });
    watch(unread, 21, 9);
    watch(only(), 31, 8);
    const early = open()?.number;
    watch(only(), 40, 30);

    expect([early, open()?.number]).toEqual([1, 2]);
  });

  test("begins again when the clock went back", () => {
    watch(only(), 1, 20);
    run.pass({ functions: only(), atMs: -HOUR_MS });

    expect(open()?.watch?.sinceMs).toBe(open()?.watch?.seenMs);
  });

  test("begins only when every version behind an alias was seen on the declared role", () => {
    const published = new WaveRun();
    published.pass({ functions: [waveFunction("a")], atMs: 0 });
    published.approve();
    const needs = "version 1 (alias live) runs on role old-a";
    published.pass({ functions: [waveFunction("a", { place: "moved", switch: null, needs })], atMs: 0 });

    expect(wavePhase(published.open())).toBe("moving");
    expect(published.open().members).toMatchObject([{ state: "moved", needs }]);
  });

  test("leaves no wave if all its functions have left, and the next one has the same number", () => {
    run.pass({ functions: [waveFunction("b")], atMs: HOUR_MS });

    expect([open()?.number, open()?.members.map(({ key }) => key)]).toEqual([1, [wavesKey("b")]]);
  });
});
