import { readdir, readFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { loadEstates, loadSaved } from "../../../../src/workbench/import/saved/estate-file.ts";
import { DENIED, ImportOfPlaces, NOW_MS } from "../../../support/adopt/import-of-places.ts";

let places: ImportOfPlaces;
beforeEach(async () => {
  places = await ImportOfPlaces.open();
});
afterEach(() => places.close());

describe("a read that was interrupted", () => {
  test("keeps the regions that were finished, and continues with the others", async () => {
    const first = await places.run({ more: ["--save", places.saved], abortAt: "staging/us-east-1" });
    const inFile = (await loadEstates(places.saved)).map(({ region }) => region);
    places.asked = [];
    const second = await places.run({ more: ["--resume", places.saved] });

    expect([first.code, first.err]).toEqual([
      3,
      expect.stringMatching(/interrupted.*\n.*--resume \/estate.json/),
    ]);
    expect(inFile).toEqual(["eu-west-1"]);
    expect([second.code, places.asked]).toEqual([0, ["staging/us-east-1"]]);
    expect(second.out).toContain("2 functions: 2 imported");
    expect(await loadEstates(places.saved)).toHaveLength(2);
  });

  test("within a region continues with the functions that it had, and the finished region takes their place in the file", async () => {
    const first = await places.run({
      more: ["--save", places.saved],
      abortAt: "staging/eu-west-1",
      isMidway: true,
    });
    const kept = await loadSaved(places.saved);
    const again = await places.run({ more: ["--resume", places.saved], abortAt: "staging/eu-west-1" });
    const keptAgain = await loadSaved(places.saved);
    const second = await places.run({ more: ["--resume", places.saved], isMidway: true });

    expect(first.err).toContain("regions that are finished: 0; functions of others: 1");
    expect([kept.estates, kept.begun.map(({ functions }) => functions.length)]).toEqual([[], [1]]);
    expect([again.code, keptAgain]).toEqual([3, kept]);
    expect([second.code, places.continued]).toEqual([
      0,
      ["staging/eu-west-1: orders", "staging/eu-west-1: orders"],
    ]);
    expect((await loadSaved(places.saved)).begun).toEqual([]);
    expect(await loadEstates(places.saved)).toHaveLength(2);
  });

  test.each([
    { hours: 6, when: "after six hours" },
    { hours: -1, when: "if the clock was set back: the age of what was read is not known" },
  ])("within a region begins again $when", async ({ hours }) => {
    await places.run({ more: ["--save", places.saved], abortAt: "staging/eu-west-1", isMidway: true });
    const clock = { nowMs: () => NOW_MS + hours * 3_600_000, sleep: async () => undefined };

    const { code } = await places.run({ more: ["--resume", places.saved], clock });

    expect([code, places.continued]).toEqual([0, []]);
  });

  test.each([
    { hours: 23, again: [], because: "a region that was read on the same day is not read again" },
    { hours: 24, again: ["staging/eu-west-1"], because: "after a day it may have other functions" },
    { hours: -1, again: ["staging/eu-west-1"], because: "if the clock was set back, its age is not known" },
  ])("of a finished region: $because", async ({ hours, again }) => {
    await places.run({
      more: ["--save", places.saved],
      answers: { "staging/us-east-1": DENIED },
    });
    places.asked = [];
    const clock = { nowMs: () => NOW_MS + hours * 3_600_000, sleep: async () => undefined };

    const { code, err } = await places.run({
      more: ["--resume", places.saved],
      clock,
      readAtMs: clock.nowMs(),
    });

    expect([code, places.asked]).toEqual([0, [...again, "staging/us-east-1"]]);
    expect(err.includes("1 region of the file is read again")).toBe(again.length > 0);
    const kept = await loadEstates(places.saved);
    expect(kept.map(({ region }) => region).sort()).toEqual(["eu-west-1", "us-east-1"]);
  });

  test("counts no region as finished that the next one reads again", async () => {
    await places.run({ more: ["--save", places.saved] });
    const clock = { nowMs: () => NOW_MS + 86_400_000, sleep: async () => undefined };

    const { code, err } = await places.run({
      more: ["--resume", places.saved],
      clock,
      readAtMs: clock.nowMs(),
      abortAt: "staging/us-east-1",
    });

    expect([code, err]).toEqual([3, expect.stringContaining("regions that are finished: 1; functions of")]);
  });

  test("without a file to save to shows how the next one can continue", async () => {
    const { code, err } = await places.run({ abortAt: "staging/eu-west-1" });

    expect([code, err]).toEqual([3, expect.stringContaining("with --save FILE the next one can continue")]);
  });

  test("never leaves half a file: the one before stays, which only its owner may read", async () => {
    await places.run({ more: ["--save", places.saved] });
    const before = await readFile(places.saved, "utf8");
    await places.run({ more: ["--resume", places.saved], accounts: ["prod"], abortAt: "prod/eu-west-1" });

    expect(await readFile(places.saved, "utf8")).toBe(before);
    expect((await stat(places.saved)).mode & 0o777).toBe(0o600);
    expect((await readdir(places.root)).sort()).toEqual(["estate.json", "repository"]);
  });

  test("tries a region again that could not be read", async () => {
    await places.run({ more: ["--save", places.saved], answers: { "staging/eu-west-1": DENIED } });
    places.asked = [];

    const { code } = await places.run({ more: ["--resume", places.saved] });

    expect([code, places.asked]).toEqual([0, ["staging/eu-west-1"]]);
  });

  test("imported with --from lists the regions that the file does not have", async () => {
    await places.run({ more: ["--save", places.saved], answers: { "staging/us-east-1": DENIED } });
    places.asked = [];

    const { code, out } = await places.run({ more: ["--from", places.saved] });

    expect([code, places.asked]).toEqual([3, []]);
    expect(out).toContain(
      "staging/us-east-1: /estate.json does not have this region; read it from AWS: --resume",
    );
  });

  test("shows that its regions were read at different times", async () => {
    await places.run({ more: ["--save", places.saved], answers: { "staging/us-east-1": DENIED } });

    const { out } = await places.run({ more: ["--resume", places.saved], readAtMs: NOW_MS + 7_200_000 });

    const [first, last] = [NOW_MS, NOW_MS + 7_200_000].map((ms) => new Date(ms).toISOString());
    expect(out).toContain(`Read between ${first} and ${last}: later changes`);
  });

  test.each([
    { options: ["--save", "a", "--resume", "b"], error: /--save and --resume exclude each other/ },
    { options: ["--from", "a", "--save", "b"], error: /--from and --save exclude each other/ },
    { options: ["--resume", "none.json"], error: /cannot read none.json/ },
  ])("is refused with $options", async ({ options, error }) => {
    const { code, err } = await places.run({ more: options });

    expect([code, err]).toEqual([1, expect.stringMatching(error)]);
  });
});
